import type { Evidence } from "../../domain/task.ts";
import { type Candidate, lastRequest } from "./candidate.ts";
import { promptSays, seenAt } from "./evidence.ts";
import { says } from "./same-work.ts";

/** A verification passed after its last change, or the user went on; an agent run ended with its report. */
export function isAccepted(task: Candidate): Evidence[] {
  return [...verified(task), ...(task.kind === "turn" ? userWentOn(task) : reported(task))];
}

/** The pass that counts comes after every change that the task or its agents made. */
function verified(task: Candidate): Evidence[] {
  const all = [task, ...task.runs];
  const passes = all.flatMap((part) =>
    part.work.checks
      .filter(({ verdict, line }) => verdict === "pass" && line >= part.work.lastChange)
      .map((run) => ({ part, run })),
  );
  const changedAt = Math.max(0, ...all.flatMap(({ work }) => work.edits.map(({ at }) => at)));
  const pass = passes.findLast(({ run }) => run.at >= changedAt);
  if (!pass) return [];
  return [
    seenAt(
      pass.part,
      pass.run.line,
      changedAt > 0 ? "a verification passed after its last change" : "a verification passed",
    ),
  ];
}

function userWentOn(task: Candidate): Evidence[] {
  const { next, cleared } = task;
  if (wasLeftOpen(task)) return [];
  if (next)
    return [
      promptSays(next, says(next.draft.prompt, "praise") ? "the user was content" : "the user went on"),
    ];
  return cleared ? [{ ...cleared, why: "the user cleared the conversation and went on" }] : [];
}

const ENDED = new Set(["end_turn", "stop_sequence"]);

/** Its process was gone before it had ended, so nobody had seen it done when the user went on. */
function wasLeftOpen(task: Candidate): boolean {
  const last = lastRequest(task);
  if (ENDED.has(last?.stop ?? "")) return false;
  return task.draft.events.some(({ kind, line }) => kind === "taken-up" && line > (last?.line ?? 0));
}

function reported(task: Candidate): Evidence[] {
  const last = lastRequest(task);
  return last && ENDED.has(last.stop ?? "") ? [seenAt(task, last.line, "it ended with its report")] : [];
}
