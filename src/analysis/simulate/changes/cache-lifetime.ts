import { type Change, placeOf } from "../change.ts";
import { costOf, totalCost } from "../cost.ts";
import { twoPlaces } from "../places.ts";
import type { Step, StepThread } from "../steps.ts";

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const LEAST_GAPS = 10;

/** Keeps the cache for an hour where pauses are longer than five minutes, or for five minutes where none is. */
export const cacheLifetime: Change = (world) => {
  const short = world.threads.filter((thread) => thread.agentId === "" && hourlyShare(thread) < 0.5);
  const long = world.threads.filter((thread) => thread.agentId === "" && hourlyShare(thread) >= 0.5);
  const gaps = (threads: readonly StepThread[]) =>
    threads.reduce((count, thread) => count + countGaps(thread), 0);
  if (gaps(short) >= LEAST_GAPS) return plan("1h", short);
  return long.length > 0 && gaps(long) === 0 ? plan("5m", long) : undefined;

  function plan(lifetime: "1h" | "5m", threads: readonly StepThread[]) {
    const changed = new Map(
      threads.map((thread) => [thread, withLifetime(thread, lifetime, world.facts.survives)]),
    );
    const saving = (thread: StepThread) =>
      costOf(thread, world.pricing) - costOf(changed.get(thread) ?? thread, world.pricing);
    const best = threads.toSorted((a, b) => saving(b) - saving(a));
    return {
      apply: () => world.threads.map((thread) => changed.get(thread) ?? thread),
      occasions: threads.length,
      places: twoPlaces(
        best.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
      ),
      evidence: {
        sessions: threads.length,
        gaps: gaps(threads),
        costUsd: totalCost(threads, world.pricing) / 1e9,
      },
      patch: [{ type: "settings" as const, scope: "user" as const, values: { promptCacheTtl: lifetime } }],
      verify: { name: "pauses of 5 to 60 minutes after which the cache was lost", value: gaps(threads) },
    };
  }
};

/** Share of the written tokens that stay for an hour. */
function hourlyShare({ steps }: StepThread): number {
  let [hourly, all] = [0, 0];
  for (const step of steps) {
    hourly += step.hourly * step.prompt;
    all += step.prompt;
  }
  return all > 0 ? hourly / all : 0;
}

function countGaps({ steps }: StepThread): number {
  return steps.filter((step, index) => step.isPaid && isLongGap(step, steps[index - 1])).length;
}

function isLongGap(step: Step, before: Step | undefined): boolean {
  const pauseMs = before ? step.request.at - before.request.at : 0;
  return pauseMs > FIVE_MINUTES_MS && pauseMs <= HOUR_MS;
}

function withLifetime(thread: StepThread, lifetime: "1h" | "5m", survives: number): StepThread {
  const hourly = lifetime === "1h" ? 1 : 0;
  const steps = thread.steps.map((step, index) => {
    const next = { ...step, hourly };
    if (lifetime === "1h" && step.loss === "pause-5m") next.loss = undefined;
    if (lifetime === "5m" && !step.loss && isLongGap(step, thread.steps[index - 1]))
      Object.assign(next, { loss: "pause-5m", survives: Math.min(survives, step.base) });
    return next;
  });
  return { ...thread, steps };
}
