import type { Evidence } from "../../domain/task.ts";
import { beginsOf } from "./admission.ts";
import type { Candidate } from "./candidate.ts";
import { promptSays } from "./evidence.ts";
import { givesBack, hasChanged, mendedBy, rewritten } from "./rewritten.ts";
import { isCorrection, says } from "./same-work.ts";
import { passAfterChanges } from "./work.ts";

/** The number of turns after which a complaint can still be about this one. */
export const TURNS_LATER = 3;

/** Returns evidence against a turn that comes after others changed something. */
export function laterEvidence(task: Candidate): Evidence | undefined {
  return lateComplaint(task) ?? changedBack(task) ?? stillRed(task);
}

/** Something is wrong after others changed something, but most lines that are changed for it are of this task. */
function lateComplaint(task: Candidate): Evidence | undefined {
  const turns = turnsAfter(task, TURNS_LATER);
  const later = turns.find(
    (turn, index) => index > 0 && isComplaint(turn) && isMostlyIn(task, turns.slice(0, index), turn),
  );
  return later && promptSays(later, "a later prompt reports that it does not work");
}

function isComplaint({ draft: { prompt } }: Candidate): boolean {
  if (says(prompt, "finding") || says(prompt, "other-matter")) return false;
  return says(prompt, "symptom") || (says(prompt, "failure") && isCorrection(prompt));
}

function isMostlyIn(task: Candidate, others: readonly Candidate[], later: Candidate): boolean {
  const { lines } = rewritten(task, later);
  return lines > 0 && others.every((turn) => rewritten(turn, later).lines < lines);
}

/** Its lines are changed back because the user asks for it, or because the model starts with that. */
function changedBack(task: Candidate): Evidence | undefined {
  const turns = turnsAfter(task, TURNS_LATER + 1);
  const later = turns.find((turn) => asksBack(turn) && mendedBy(turn) === task && givesBack(task, turn));
  const which = later === task.next ? "the next turn" : "a later turn";
  return later && promptSays(later, `${which} changed it back`);
}

/** To commit in steps, changes are taken out and put back. */
function asksBack(turn: Candidate): boolean {
  const { prompt } = turn.draft;
  if (says(prompt, "changed-mind") || turn.work.commits.length > 1) return false;
  return says(prompt, "asks-back") || beginsOf(turn).includes("restores");
}

/** It had to get checks green, or only ran them, and left them green. A later prompt says that they still fail. */
function stillRed(task: Candidate): Evidence | undefined {
  const onlyRan = !hasChanged(task) && task.work.commits.length === 0;
  if (!(onlyRan || says(task.draft.prompt, "failure")) || !passAfterChanges(task.work)) return undefined;
  const later = turnsAfter(task, TURNS_LATER).find(
    ({ draft: { prompt } }, index) =>
      says(prompt, "failure") && says(prompt, "correction") && !(index === 0 && says(prompt, "other-matter")),
  );
  return later && promptSays(later, "a later prompt reports that the checks still fail");
}

function turnsAfter(task: Candidate, most: number): Candidate[] {
  const turns: Candidate[] = [];
  for (let turn = task.next; turn && turns.length < most; turn = turn.next) turns.push(turn);
  return turns;
}
