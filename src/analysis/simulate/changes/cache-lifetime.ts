import { sum } from "../../../domain/numbers.ts";
import { type Change, type Plan, placeOf, type World } from "../change.ts";
import { costOf, totalCost } from "../cost.ts";
import { twoPlaces } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const LEAST_GAPS = 10;
/** Fewer sessions without a pause show little. */
const LEAST_SESSIONS = 10;

type Lifetime = "1h" | "5m";

/** Keeps the cache for an hour where pauses are longer than five minutes, or for five minutes where none is. */
export const cacheLifetime: Change = (world) => {
  const main = world.threads.filter(({ agentId }) => agentId === "");
  const short = main.filter((thread) => !isHourly(thread));
  const long = main.filter(isHourly);
  if (countGaps(short) >= LEAST_GAPS) return planFor(world, "1h", short);
  return long.length >= LEAST_SESSIONS && countGaps(long) === 0 ? planFor(world, "5m", long) : undefined;
};

function planFor(world: World, lifetime: Lifetime, threads: readonly StepThread[]): Plan {
  const changed = new Map(threads.map((thread) => [thread, withLifetime(thread, lifetime, world)]));
  const saving = (thread: StepThread) =>
    costOf(thread, world.pricing) - costOf(changed.get(thread) ?? thread, world.pricing);
  const best = threads.toSorted((a, b) => saving(b) - saving(a));
  const gaps = countGaps(threads);
  return {
    apply: () => world.threads.map((thread) => changed.get(thread) ?? thread),
    occasions: threads.length,
    places: twoPlaces(
      best.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { sessions: threads.length, gaps, costUsd: totalCost(threads, world.pricing) / 1e9 },
    patch: [{ type: "settings", scope: "user", values: { promptCacheTtl: lifetime } }],
  };
}

/** Most of what it writes stays for an hour. */
function isHourly({ steps }: StepThread): boolean {
  return sum(steps.map(({ hourly, prompt }) => (hourly - 0.5) * prompt)) >= 0;
}

function countGaps(threads: readonly StepThread[]): number {
  return sum(
    threads.map(
      ({ steps }) => steps.filter((step, index) => step.isPaid && isLongGap(step, steps[index - 1])).length,
    ),
  );
}

function isLongGap(step: SimulationStep, before: SimulationStep | undefined): boolean {
  const pauseMs = before ? step.request.at - before.request.at : 0;
  return pauseMs > FIVE_MINUTES_MS && pauseMs <= HOUR_MS;
}

function withLifetime(thread: StepThread, lifetime: Lifetime, { facts }: World): StepThread {
  const hourly = lifetime === "1h" ? 1 : 0;
  const steps = thread.steps.map((step, index): SimulationStep => {
    if (lifetime === "1h") return { ...step, hourly, loss: step.loss === "pause-5m" ? undefined : step.loss };
    if (step.loss || !isLongGap(step, thread.steps[index - 1])) return { ...step, hourly };
    return { ...step, hourly, loss: "pause-5m", survives: Math.min(facts.survives, step.base) };
  });
  return { ...thread, steps };
}
