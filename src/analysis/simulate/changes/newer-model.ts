import { sum } from "../../../domain/numbers.ts";
import type { Family } from "../../../domain/model.ts";
import { type Change, placeOf, type World } from "../change.ts";
import { costOf, totalCost } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { twoPlaces } from "../places.ts";
import type { Step, StepThread } from "../steps.ts";

/** Moves a model that was pinned to the newest one of its tier, where that is cheaper. */
export const newerModel: Change = (world) => {
  const moved = world.threads.map((thread) => mapSteps(thread, (step) => onNewest(world, step)));
  const concerned = world.threads
    .flatMap((thread, index) =>
      moved[index] === thread ? [] : [{ thread, after: moved[index] as StepThread }],
    )
    .map(({ thread, after }) => ({
      thread,
      saved: costOf(thread, world.pricing) - costOf(after, world.pricing),
    }))
    .toSorted((a, b) => b.saved - a.saved);
  const requests = sum(
    concerned.map(({ thread }) => thread.steps.filter((step) => onNewest(world, step) !== step).length),
  );
  if (concerned.length === 0) return undefined;
  const families = movedFamilies(world);
  return {
    apply: () => moved,
    occasions: requests,
    places: twoPlaces(
      concerned.flatMap(({ thread }) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { requests, families: families.length },
    patch: families.map((family) => ({ type: "settings", scope: "user", values: { model: family } })),
    verify: {
      name: "dollars of a request",
      value: totalCost(world.threads, world.pricing) / 1e9 / Math.max(1, requests),
    },
  };
};

/** The step on the newest model of its tier, where that costs less a token; the same step otherwise. */
function onNewest({ models, pricing }: World, step: Step): Step {
  const served = models.find(step.request.model);
  const now = served && pricing.modelFor(step.request.model);
  const newest = served && pricing.modelOf(served.family, step.request.at);
  if (!served || !now || !newest || newest === now || newest.released <= now.released) return step;
  return (newest.rates?.cacheRead ?? Infinity) < (now.rates?.cacheRead ?? 0) ||
    (newest.rates?.output ?? Infinity) < (now.rates?.output ?? 0)
    ? { ...step, tier: served.family }
    : step;
}

/** The families that are moved; their alias always means the newest model. */
function movedFamilies(world: World): Family[] {
  const families = new Set<Family>();
  for (const { steps } of world.threads)
    for (const step of steps) {
      const { tier } = onNewest(world, step);
      if (tier && !step.tier) families.add(tier);
    }
  return [...families];
}
