import type { HistoryPlace } from "../../domain/simulation.ts";
import { placeOf, type World } from "./change.ts";
import { stepCost } from "./cost.ts";
import type { SimulationStep, StepThread } from "./steps.ts";

/** Requests that match, added up, with the two most expensive. */
export interface Matched {
  count: number;
  /** Nano-dollars. */
  cost: number;
  /** The longest prompt among them, in tokens. */
  prompt: number;
  places: HistoryPlace[];
}

/** Adds up the requests of the main threads that match. */
export function largest(
  world: World,
  matches: (step: SimulationStep, index: number, thread: StepThread) => boolean,
): Matched {
  const found: { cost: number; place: HistoryPlace; prompt: number }[] = [];
  for (const thread of world.threads) {
    if (thread.agentId !== "") continue;
    thread.steps.forEach((step, index) => {
      if (!step.isPaid || !matches(step, index, thread)) return;
      const cost = stepCost(thread.steps, index, world.pricing);
      found.push({ cost, place: placeOf(thread, step), prompt: step.prompt });
    });
  }
  found.sort((a, b) => b.cost - a.cost);
  return {
    count: found.length,
    cost: found.reduce((total, { cost }) => total + cost, 0),
    prompt: found.reduce((most, { prompt }) => Math.max(most, prompt), 0),
    places: twoPlaces(found.map(({ place }) => place)),
  };
}

/** The first two places, of different sessions where there are. */
export function twoPlaces(places: readonly HistoryPlace[]): HistoryPlace[] {
  const [first] = places;
  if (!first) return [];
  const second = places.find(({ session }) => session !== first.session) ?? places[1];
  return second ? [first, second] : [first];
}
