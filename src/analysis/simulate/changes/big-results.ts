import { sum } from "../../../domain/numbers.ts";
import type { ResultTokens } from "../../../domain/ledger.ts";
import { type Change, type GainLevel, onMain } from "../change.ts";
import { totalCost } from "../cost.ts";
import { shrinkPrompts } from "../edit.ts";
import { lastEdits } from "../facts.ts";
import { largest } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";

const BIG = 5_000;
const LEAST_SHARE = 0.02;
/** The part of each big result that is kept, in tokens. */
const KEPT = { low: 5_000, mid: 3_000, high: 2_000 } as const;

/** Reads files and takes output in parts instead of whole. */
export const bigResults: Change = (world) => {
  const excesses = new Map(world.threads.map((thread) => [thread, excessOf(thread)]));
  const big = largest(world, (_, index, thread) => (excesses.get(thread)?.(index, BIG) ?? 0) > 0);
  const simulate = (level: GainLevel): readonly StepThread[] =>
    onMain(world.threads, (thread) =>
      shrinkPrompts(thread, (_, index) => excesses.get(thread)?.(index, KEPT[level]) ?? 0),
    );
  const carry = world.cost - totalCost(simulate("mid"), world.pricing);
  if (big.count === 0 || carry < LEAST_SHARE * world.cost) return undefined;
  return {
    isHabit: true,
    apply: simulate,
    occasions: big.count,
    places: big.places,
    evidence: { results: big.count, carryUsd: carry / 1e9 },
    patch: [
      {
        type: "memory",
        scope: "user",
        text: "Read long files in parts with offset and limit, and cut long command output with head, tail or grep.",
      },
    ],
  };
};

/** Counts the big results that a thread could have read in parts. */
export function countBigResults(thread: StepThread): number {
  const excess = excessOf(thread);
  return thread.steps.filter((step, index) => step.isPaid && excess(index, BIG) > 0).length;
}

/** Tokens of big results beyond what is kept of each, by step; files that are edited later have to be read. */
function excessOf({ steps }: StepThread): (index: number, kept: number) => number {
  const edits = lastEdits(steps);
  return (index, kept) =>
    sum(
      resultsBefore(steps[index] as SimulationStep).map(({ tokens, target }) =>
        tokens > BIG && (edits.get(target ?? 0) ?? -1) < index ? tokens - kept : 0,
      ),
    );
}

/** Results that still stand in the context. */
function resultsBefore({ row, withoutResults }: SimulationStep): readonly ResultTokens[] {
  return withoutResults ? [] : row.results;
}
