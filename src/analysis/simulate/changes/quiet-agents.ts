import { type Change, onMain } from "../change.ts";
import { removeSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { Step, StepThread } from "../steps.ts";

const LEAST = 10;
const LEAST_SHARE = 0.01;
const EVERY = { low: 2, mid: 1, high: 1 } as const;

/** Lets background work report once instead of waking the session for nothing. */
export const quietAgents: Change = (world) => {
  const idle = largest(world, (step, index, thread) => isIdleWakeUp(thread, step, index));
  if (idle.count < LEAST || idle.cost < LEAST_SHARE * world.cost) return undefined;
  return {
    apply: (level) =>
      onMain(world.threads, (thread) => {
        let seen = 0;
        return removeSteps(
          thread,
          (step, index) => isIdleWakeUp(thread, step, index) && seen++ % EVERY[level] === 0,
        );
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
    verify: { name: "wake-ups answered without a call", value: idle.count },
  };
};

/** A notification that started a stretch of one request without a call. */
function isIdleWakeUp({ steps }: StepThread, step: Step, index: number): boolean {
  if (!step.row.isWoken || step.row.calls.count > 0) return false;
  const next = steps[index + 1];
  return !next || next.row.isWoken || next.row.turn !== step.row.turn;
}
