import type { LoopAdviser } from "./baselines.ts";
import { drawLoopTasks, isLate, LOOP_START, type LoopTask } from "./loop-tasks.ts";
import { type LoopWorld, weighAssignments } from "./loop-world.ts";

const DAY_MS = 86_400_000;
const STEP_DAYS = 15;
const ROUNDS = 10;

/** What five months with an adviser brought in one world. */
export interface Played {
  /** Share of the oracle's savings after one, two and five months; undefined if there is nothing to gain. */
  captured: readonly [number, number, number] | undefined;
  /** Failed tasks beyond the tolerance, of all tasks of the five months. */
  harm: number;
  /** Dollars a month at the end against the start; below zero is a loss. */
  savedUsd: number;
  oracleUsd: number;
  spentUsd: number;
}

/** Lets a user do for five months what an adviser says, every 15 days. */
export async function play(world: LoopWorld, adviser: LoopAdviser): Promise<Played> {
  const snapshots: { savedUsd: number; oracleUsd: number; spentUsd: number }[] = [];
  let [harmed, all] = [0, 0];
  let tasks: LoopTask[] = drawLoopTasks(world, world.days, LOOP_START, undefined);
  for (let round = 0; round < ROUNDS; round++) {
    const now = LOOP_START + round * STEP_DAYS * DAY_MS;
    const assignmentOf = await adviser.advise(tasks, now);
    const weighed = weighAssignments(world, assignmentOf, isLate(now));
    snapshots.push(weighed);
    harmed += weighed.harmed;
    all += weighed.tasks;
    tasks = drawLoopTasks(world, STEP_DAYS, now + STEP_DAYS * DAY_MS, assignmentOf);
  }
  adviser.close?.();
  const at = (index: number) => snapshots[index] ?? { savedUsd: 0, oracleUsd: 0, spentUsd: 0 };
  const share = (index: number) => at(index).savedUsd / at(index).oracleUsd;
  const last = at(ROUNDS - 1);
  const gains = last.oracleUsd > Math.max(1, 0.05 * last.spentUsd);
  return {
    captured: gains ? [share(2), share(4), share(ROUNDS - 1)] : undefined,
    harm: harmed / all,
    ...last,
  };
}
