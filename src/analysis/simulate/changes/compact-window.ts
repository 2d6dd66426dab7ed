import { type Change, type GainLevel, onMain, type World } from "../change.ts";
import { totalCost } from "../cost.ts";
import { cutThread } from "../cut.ts";
import { compaction } from "../cuts.ts";
import { largest } from "../places.ts";
import type { StepThread } from "../steps.ts";

const WINDOWS = [300_000, 200_000, 150_000, 120_000] as const;
const LONG = 200_000;
const LEAST_SHARE = 0.1;
/** A larger window is preferred to one that saves only this much more: it cuts less often. */
const GOOD_ENOUGH = 0.9;

/** Compacts automatically before the context becomes large. */
export const compactWindow: Change = (world) => {
  const long = largest(world, ({ prompt }) => prompt > LONG);
  if (long.cost < LEAST_SHARE * world.cost) return undefined;
  const saved = WINDOWS.map(
    (window) => world.cost - totalCost(simulate(world, window, "mid"), world.pricing),
  );
  const best = Math.max(...saved);
  const window = WINDOWS[saved.findIndex((amount) => amount >= GOOD_ENOUGH * best)] ?? LONG;
  return {
    apply: (level) => simulate(world, window, level),
    occasions: countCuts(world, window),
    places: long.places,
    evidence: { window, longRequests: long.count, longShare: long.cost / world.cost, largest: long.prompt },
    patch: [{ type: "settings", scope: "user", values: { autoCompactWindow: window } }],
  };
};

function simulate(world: World, window: number, level: GainLevel): readonly StepThread[] {
  return onMain(world.threads, (thread) =>
    cutThread(thread, (step, before) =>
      before.prompt > window ? compaction(world, step, before, level) : undefined,
    ),
  );
}

function countCuts(world: World, window: number): number {
  let cuts = 0;
  onMain(world.threads, (thread) =>
    cutThread(thread, (step, before) => {
      if (before.prompt <= window) return undefined;
      if (step.isPaid) cuts++;
      return compaction(world, step, before, "mid");
    }),
  );
  return cuts;
}
