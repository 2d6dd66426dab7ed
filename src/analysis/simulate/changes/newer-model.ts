import { DAY_MS } from "../../../domain/calendar.ts";
import type { Family } from "../../../domain/model.ts";
import { mostBy } from "../../../domain/numbers.ts";
import type { Patch } from "../../../domain/simulation.ts";
import { type Change, placeOf, type World } from "../change.ts";
import { costOf } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { twoPlaces } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";

/** Moves models that were pinned to the newest ones of their tiers, where that is cheaper. */
export const newerModel: Change = (world) => {
  const familyOf = pinnedFamilies(world);
  const pins = findPins(world, familyOf);
  const concerned = world.threads.flatMap((thread) => {
    const after = mapSteps(thread, (step) => moved(step, pins(thread, step)));
    return after === thread ? [] : [{ thread, after }];
  });
  if (concerned.length === 0) return undefined;
  const after = new Map(concerned.map((one) => [one.thread, one.after]));
  const saved = ({ thread, after }: (typeof concerned)[number]) =>
    costOf(thread, world.pricing) - costOf(after, world.pricing);
  const best = concerned.toSorted((a, b) => saved(b) - saved(a));
  const requests = concerned.flatMap(({ thread }) => thread.steps.filter((step) => pins(thread, step)));
  return {
    apply: () => world.threads.map((thread) => after.get(thread) ?? thread),
    occasions: requests.length,
    places: twoPlaces(
      best.flatMap(({ thread }) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { requests: requests.length, families: new Set(requests.map(familyOf)).size },
    patch: patchesFor(
      concerned.map(({ thread }) => thread),
      pins,
    ),
  };
};

function moved(step: SimulationStep, family: Family | undefined): SimulationStep {
  return family ? { ...step, tier: family } : step;
}

/** The family that a step of a thread is pinned in and can be moved within. */
type Pins = (thread: StepThread, step: SimulationStep) => Family | undefined;

/** One setting decides the model of the main thread, so only the family that most of its pinned requests are in can be moved. */
function findPins({ threads, settled }: World, familyOf: (step: SimulationStep) => Family | undefined): Pins {
  const counts = new Map<Family, number>();
  for (const { agentId, steps } of threads)
    for (const step of agentId === "" ? steps : []) {
      const family = familyOf(step);
      if (family) counts.set(family, (counts.get(family) ?? 0) + 1);
    }
  const main = mostBy([...counts], ([, count]) => count)?.[0];
  return ({ agentId, agentType }, step) => {
    const family = familyOf(step);
    if (agentId === "") return family === main ? family : undefined;
    return settled.has(agentType || "general-purpose") ? undefined : family;
  };
}

/** The setting of the main thread, and the files of agents whose model is not that of the main thread. */
function patchesFor(threads: readonly StepThread[], pins: Pins): Patch[] {
  const families = threads.map((thread) => ({
    thread,
    family: thread.steps.map((step) => pins(thread, step)).find((family) => family !== undefined),
  }));
  const main = families.find(({ thread }) => thread.agentId === "")?.family;
  const types = new Map(
    families.flatMap(({ thread: { agentId, agentType }, family }) =>
      agentId === "" || !family || family === main ? [] : [[agentType || "general-purpose", family] as const],
    ),
  );
  return [
    ...(main ? [{ type: "settings", scope: "user", values: { model: main } } as const] : []),
    ...[...types].map(([name, model]) => ({ type: "agent", name, values: { model } }) as const),
  ];
}

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
