import { type Change, onMain } from "../change.ts";
import { removeSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { SimulationStep } from "../steps.ts";

const LEAST = 10;
const LEAST_SHARE = 0.01;
const EVERY = { low: 2, mid: 1, high: 1 } as const;

/** Lets background work report once instead of waking the session for nothing. */
export const quietAgents: Change = (world) => {
  const idle = largest(world, isIdleWakeUp);
  if (idle.count < LEAST || idle.cost < LEAST_SHARE * world.cost) return undefined;
  return {
    apply: (level) =>
      onMain(world.threads, (thread) => {
        let seen = 0;
        return removeSteps(thread, (step) => isIdleWakeUp(step) && seen++ % EVERY[level] === 0);
      }),
    occasions: idle.count,
    places: idle.places,
    evidence: { wakeUps: idle.count, costUsd: idle.cost / 1e9 },
    patch: [
      {
        type: "memory",
        scope: "user",
        text: "Start background work in few, large parts; let an agent report once, when all of its work is done.",
      },
    ],
  };
};

/** Returns whether a step answers a notification without a call, which ends the stretch. */
export function isIdleWakeUp({ row }: SimulationStep): boolean {
  return row.isWoken && row.calls.count === 0;
}
