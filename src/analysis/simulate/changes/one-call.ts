import { type Change, onMain } from "../change.ts";
import { removeSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { Step, StepThread } from "../steps.ts";

const LEAST_SHARE = 0.25;
/** Of the calls that could have been made with the one before, every so many are. */
const EVERY = { low: 4, mid: 2, high: 1 } as const;

/** Makes several look-ups in one request when their arguments are known. */
export const oneCall: Change = (world) => {
  const single = largest(world, isSingle);
  const known = largest(
    world,
    (step, index, thread) => isSingle(step) && isAfterExploration(thread, index) && step.calls.known,
  );
  if (known.count === 0 || known.count < LEAST_SHARE * single.count) return undefined;
  return {
    apply: (level) =>
      onMain(world.threads, (thread) => {
        let seen = 0;
        return removeSteps(
          thread,
          (step, index) =>
            step.calls.known &&
            isSingle(step) &&
            isAfterExploration(thread, index) &&
            seen++ % EVERY[level] === 0,
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
    verify: {
      name: "share of exploration requests with a single call whose argument was known",
      value: known.count / single.count,
    },
  };
};

function isSingle({ calls }: Step): boolean {
  return calls.activity === "explore" && calls.count === 1;
}

/** The request before only looked something up as well, so both could have been one. */
function isAfterExploration({ steps }: StepThread, index: number): boolean {
  const before = steps[index - 1];
  return before?.calls.activity === "explore" && before.turn === steps[index]?.turn;
}
