import type { SimulationStep, StepThread } from "./steps.ts";

/** Returns a thread without some of its steps; what they added to the context stays. */
export function removeSteps(
  thread: StepThread,
  isRemoved: (step: SimulationStep, index: number) => boolean,
): StepThread {
  const steps = thread.steps.filter((step, index) => step.row.isFirst || !isRemoved(step, index));
  return steps.length === thread.steps.length ? thread : { ...thread, steps };
}

/** Returns a thread with some of its steps made one with the step before: their answers are still written. */
export function mergeSteps(
  thread: StepThread,
  isMerged: (step: SimulationStep, index: number) => boolean,
): StepThread {
  let changed: SimulationStep[] | undefined;
  thread.steps.forEach((step, index) => {
    if (index === 0 || !isMerged(step, index)) {
      changed?.push(step);
      return;
    }
    changed ??= thread.steps.slice(0, index);
    const before = changed.at(-1) as SimulationStep;
    const output = step.isPaid ? step.request.usage.output : 0;
    const answer = { prompt: before.prompt, input: 0, output, read: 0, write: 0 };
    changed[changed.length - 1] = { ...before, extras: [...before.extras, ...step.extras, answer] };
  });
  return changed ? { ...thread, steps: changed } : thread;
}

/**
 * Returns a thread whose prompts are shorter from some steps on, until the history cuts the context: `dropAt` says how many
 * tokens leave the context before a step.
 */
export function shrinkPrompts(
  thread: StepThread,
  dropAt: (step: SimulationStep, index: number) => number,
): StepThread {
  let dropped = 0;
  return mapSteps(thread, (step, index) => {
    if (step.row.isFirst || step.row.isCut) dropped = 0;
    dropped = withinPrompt(dropped + dropAt(step, index), step);
    return dropped === 0 ? step : { ...step, prompt: step.prompt - dropped };
  });
}

/** Limits what is dropped from a step's prompt to what lies behind the base. */
export function withinPrompt(dropped: number, { prompt, base, request }: SimulationStep): number {
  return Math.max(0, Math.min(dropped, prompt - base - request.usage.input));
}

/** Returns a thread with some of its steps replaced; the same thread where none is. */
export function mapSteps(
  thread: StepThread,
  replace: (step: SimulationStep, index: number) => SimulationStep,
): StepThread {
  let changed: SimulationStep[] | undefined;
  thread.steps.forEach((step, index) => {
    const next = replace(step, index);
    if (next !== step) changed ??= thread.steps.slice(0, index);
    changed?.push(next);
  });
  return changed ? { ...thread, steps: changed } : thread;
}
