import type { PromptEvent } from "../../domain/event.ts";
import type { PromptSignal } from "../../domain/prompt-signal.ts";
import type { Candidate } from "./candidate.ts";
import { isSameWork } from "./likeness.ts";

export function says(prompt: PromptEvent | undefined, signal: PromptSignal): boolean {
  return prompt?.signals.includes(signal) === true;
}

/** Returns whether the next prompt corrects the work before it. */
export function isCorrection(prompt: PromptEvent | undefined): boolean {
  return says(prompt, "correction") && !says(prompt, "changed-mind") && !says(prompt, "declines");
}

/** Returns whether the next prompt asks for the same work again, in the same words or by saying so. */
export function asksAgain(task: Candidate, next: Candidate): boolean {
  const [prompt, later] = [task.draft.prompt, next.draft.prompt];
  if (!prompt || !later) return false;
  if (says(later, "same-again") && !says(later, "praise")) return true;
  return prompt.words >= 3 && !says(later, "continue") && isSameWork(prompt, later);
}

/** A new run of the same work, not one of the same batch: it was given out after this one had ended. */
export function givenOutAgain(task: Candidate): Candidate | undefined {
  if (!found.has(task)) found.set(task, findGivenOutAgain(task));
  return found.get(task);
}

/** Several rules ask. */
const found = new WeakMap<Candidate, Candidate | undefined>();

function findGivenOutAgain(task: Candidate): Candidate | undefined {
  const { prompt } = task.draft;
  if (!prompt) return undefined;
  return task.laterRuns.find(
    (later) => later.draft.prompt && isSameWork(prompt, later.draft.prompt) && !looksAtNewState(task, later),
  );
}

function rootOf(task: Candidate): Candidate {
  return task.kind === "agent-run" && task.parent ? rootOf(task.parent) : task;
}

/** A check that is run again after files changed looks at something new, which does not count as rework. */
function looksAtNewState(task: Candidate, later: Candidate): boolean {
  if (task.work.lastChange > 0) return false;
  const others = [rootOf(task), task.next, task.next?.next, task.parent];
  const isBetween = ({ at }: { at: number }) => at > task.endedAt && at < later.startedAt;
  const changed = (other: Candidate | undefined) => other?.work.edits.some(isBetween) === true;
  return others.some(changed) || task.laterRuns.some(changed);
}
