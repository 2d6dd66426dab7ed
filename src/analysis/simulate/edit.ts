import type { Step, StepThread } from "./steps.ts";

/** Returns a thread without some of its steps; what they added to the context stays. */
export function removeSteps(
  thread: StepThread,
  isRemoved: (step: Step, index: number) => boolean,
): StepThread {
  const steps = thread.steps.filter((step, index) => step.isFirst || !isRemoved(step, index));
  return steps.length === thread.steps.length ? thread : { ...thread, steps };
}

/**
 * Returns a thread whose prompts are shorter from some steps on, until the history cuts the context: `dropAt` tells how many
 * tokens leave the context before a step.
 */
export function shrinkPrompts(thread: StepThread, dropAt: (step: Step, index: number) => number): StepThread {
  let dropped = 0;
  let changed = false;
  const steps = thread.steps.map((step, index) => {
    if (step.isFirst || step.isCut) dropped = 0;
    dropped = Math.max(0, Math.min(dropped + dropAt(step, index), step.prompt - step.base - step.input));
    if (dropped === 0) return step;
    changed = true;
    return { ...step, prompt: step.prompt - dropped };
  });
  return changed ? { ...thread, steps } : thread;
}

/** Returns a thread with some of its steps replaced. */
export function mapSteps(thread: StepThread, replace: (step: Step, index: number) => Step): StepThread {
  const steps = thread.steps.map(replace);
  return steps.some((step, index) => step !== thread.steps[index]) ? { ...thread, steps } : thread;
}
