import type { PromptSignal } from "../../domain/prompt-signal.ts";
import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";
import { promptSays, weakly } from "./evidence.ts";
import { endsWhereItBegan } from "./loops.ts";
import { editsOf, mendedBy, rewritten } from "./rewritten.ts";
import { says } from "./same-work.ts";

/**
 * Returns evidence that the model itself says, at the start of a later answer, that the work was wrong. Nothing was changed in between.
 * Models agree too readily, so "you're right" counts only with what is changed for it, or with what the user said.
 */
export function admission(task: Candidate, later: Candidate, distance: number): Evidence | undefined {
  const begins = beginsOf(later);
  if (!WORDS_ABOUT_WORK.some((one) => begins.includes(one))) return undefined;
  if (NO_COMPLAINT.some((signal) => says(later.draft.prompt, signal))) return undefined;
  if (editsOf(task).length === 0)
    return distance === 1 && isAnswer(task) && isConceded(later, begins)
      ? weakly(promptSays(later, "the next answer concedes that it was wrong"))
      : undefined;
  // A commit in steps takes changes out and puts them back.
  if (mendedBy(later) !== task || endsWhereItBegan(task.work)) return undefined;
  const which = distance === 1 ? "the next answer" : "a later answer";
  if (begins.includes("admits") || (begins.includes("concedes") && isRewritten(task, later, begins)))
    return promptSays(later, `${which} admits that it was wrong, and its files were changed`);
  return isFault(later, begins)
    ? weakly(promptSays(later, `${which} finds a fault, and its files were changed`))
    : undefined;
}

const WORDS_ABOUT_WORK = ["concedes", "admits", "fault"];

const NO_COMPLAINT: readonly PromptSignal[] = ["finding", "praise", "declines", "changed-mind", "doubt"];

/** A commit or a push answers nothing. */
function isAnswer({ work }: Candidate): boolean {
  return work.lastChange === 0 && work.commits.length + work.publishes.length === 0;
}

/** The model names its mistake, or agrees to a complaint and names a fault, or agrees to a correction, or agrees to a doubt and looks again. */
function isConceded({ draft: { prompt } }: Candidate, begins: readonly string[]): boolean {
  if (begins.includes("admits")) return true;
  if (!AGREES.some((one) => begins.includes(one))) return false;
  if (begins.includes("fault")) return COMPLAINTS.some((signal) => says(prompt, signal));
  if (!begins.includes("concedes")) return false;
  return says(prompt, "correction") || (says(prompt, "pushback") && begins.includes("relooks"));
}

const AGREES = ["concedes", "catch"];
const COMPLAINTS: readonly PromptSignal[] = ["symptom", "failure", "contradiction", "correction", "pushback"];

/** More than a detail is written again, or the model names the fault. */
function isRewritten(task: Candidate, later: Candidate, begins: readonly string[]): boolean {
  return begins.includes("fault") || rewritten(task, later).share > DETAIL;
}

/** Share of a task's lines. */
const DETAIL = 0.1;

/** The model looked for a fault because of what the user saw, and found one. */
function isFault({ draft: { prompt } }: Candidate, begins: readonly string[]): boolean {
  if (OTHERWISE.some((one) => begins.includes(one)) || says(prompt, "new-work")) return false;
  return begins.includes("fault");
}

/** The model finds no fault, or has a new wish to carry out. */
const OTHERWISE = ["denies", "likes"];

/** Returns what the first text of a turn says about the work before it. */
export function beginsOf({ draft }: Candidate): readonly string[] {
  for (const event of draft.events) if (event.kind === "answer" && event.begins) return event.begins;
  return [];
}
