import { type Change, onMain } from "../change.ts";
import { mergeSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";

const LEAST_SHARE = 0.25;
/** Of the calls that could have been made with the one before, every so many are. */
const EVERY = { low: 4, mid: 2, high: 1 } as const;

/** Makes several look-ups in one request when their arguments are known. */
export const oneCall: Change = (world) => {
  const single = largest(world, isSingle);
  const known = largest(world, (step, index, thread) => isLate(step, index, thread));
  if (known.count === 0 || known.count < LEAST_SHARE * single.count) return undefined;
  return {
    apply: (level) =>
      onMain(world.threads, (thread) => {
        let seen = 0;
        return mergeSteps(
          thread,
          (step, index) => isLate(step, index, thread) && seen++ % EVERY[level] === 0,
        );
      }),
    occasions: known.count,
    places: known.places,
    evidence: { single: single.count, known: known.count },
    patch: [
      {
        type: "memory",
        scope: "user",
        text: "When several files or searches are needed and their names are known, call them all in one message.",
      },
    ],
  };
};

/** Returns whether a step makes one call, which looks something up. */
export function isSingle({ row }: SimulationStep): boolean {
  return row.calls.activity === "explore" && row.calls.count === 1;
}

/** Returns whether the request before only looked something up as well, and the argument was known by then: both could have been one. */
export function isLate(step: SimulationStep, index: number, { steps }: StepThread): boolean {
  const before = steps[index - 1]?.row;
  const { row } = step;
  return (
    isSingle(step) && row.calls.known && before?.calls.activity === "explore" && before.turn === row.turn
  );
}
