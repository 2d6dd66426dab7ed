import type { Family } from "../../../domain/model.ts";
import { type Change, placeOf, type World } from "../change.ts";
import { costOf } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { twoPlaces } from "../places.ts";
import type { SimulationStep } from "../steps.ts";

/** Moves a model that was pinned to the newest one of its tier, where that is cheaper. */
export const newerModel: Change = (world) => {
  const familyOf = pinnedFamilies(world);
  const concerned = world.threads.flatMap((thread) => {
    const after = mapSteps(thread, (step) => moved(step, familyOf(step)));
    return after === thread ? [] : [{ thread, after }];
  });
  if (concerned.length === 0) return undefined;
  const after = new Map(concerned.map((one) => [one.thread, one.after]));
  const saved = ({ thread, after }: (typeof concerned)[number]) =>
    costOf(thread, world.pricing) - costOf(after, world.pricing);
  const best = concerned.toSorted((a, b) => saved(b) - saved(a));
  const steps = concerned.flatMap(({ thread }) => thread.steps).filter(familyOf);
  const families = [...new Set(steps.flatMap((step) => familyOf(step) ?? []))];
  return {
    apply: () => world.threads.map((thread) => after.get(thread) ?? thread),
    occasions: steps.length,
    places: twoPlaces(
      best.flatMap(({ thread }) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { requests: steps.length, families: families.length },
    patch: families.map((family) => ({ type: "settings", scope: "user", values: { model: family } })),
  };
};

function moved(step: SimulationStep, family: Family | undefined): SimulationStep {
  return family ? { ...step, tier: family } : step;
}

const DAY_MS = 86_400_000;

/** Returns the family of a step's model if a newer model of it was cheaper on that day. */
function pinnedFamilies({ models, pricing }: World): (step: SimulationStep) => Family | undefined {
  const known = new Map<string, Map<number, Family | undefined>>();
  return ({ request: { model, at } }) => {
    let days = known.get(model);
    if (!days) known.set(model, (days = new Map()));
    const day = Math.floor(at / DAY_MS);
    if (!days.has(day)) days.set(day, pinnedFamily(model, at));
    return days.get(day);
  };

  function pinnedFamily(model: string, at: number): Family | undefined {
    const family = models.find(model)?.family;
    const now = pricing.modelFor(model);
    const newest = family && pricing.modelOf(family, at);
    if (!now?.rates || !newest?.rates || newest.released <= now.released) return undefined;
    const isCheaper = newest.rates.cacheRead < now.rates.cacheRead || newest.rates.output < now.rates.output;
    return isCheaper ? family : undefined;
  }
}
