import type { Extra, SimulationStep, StepThread } from "./steps.ts";

/** A cut of a context before a step. */
export interface Cut {
  /** Tokens that the new context begins with, behind which the step's own growth comes. */
  context: number;
  /** Tokens of it that are still in the cache. */
  survives: number;
  /** Additional costs of the cut. */
  extras: readonly Extra[];
}

/** Decides on a cut before a step; `before` is the step before, as it is after earlier cuts. */
export type DecideCut = (step: SimulationStep, before: SimulationStep, index: number) => Cut | undefined;

/**
 * Returns a thread with its context cut at some steps: from there on all prompts are shorter by what was dropped, until the
 * history itself cuts the context.
 */
export function cutThread(thread: StepThread, decide: DecideCut): StepThread {
  let dropped = 0;
  let before: SimulationStep | undefined;
  let changed: SimulationStep[] | undefined;
  thread.steps.forEach((step, index) => {
    const { isFirst, isCut } = step.row;
    if (isFirst || isCut) dropped = 0;
    const cut = before && !isCut ? decide(step, before, index) : undefined;
    let next = step;
    if (cut) {
      const former = thread.steps[index - 1] as SimulationStep;
      const growth = Math.max(0, step.prompt - former.prompt - former.request.usage.output);
      const prompt = cut.context + growth;
      if (prompt < step.prompt - dropped) {
        dropped = step.prompt - prompt;
        next = {
          ...step,
          loss: "compaction",
          survives: cut.survives,
          extras: [...step.extras, ...cut.extras],
        };
      }
    }
    dropped = Math.max(0, Math.min(dropped, step.prompt - step.base));
    if (dropped > 0) {
      if (next === step) next = { ...step };
      next.prompt = step.prompt - dropped;
      changed ??= thread.steps.slice(0, index);
    }
    changed?.push(next);
    before = next;
  });
  return changed ? { ...thread, steps: changed } : thread;
}
