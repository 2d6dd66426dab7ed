import { type AdviceOptions, recommend } from "../../src/advice/recommend.ts";
import type { Task } from "../../src/domain/task.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { drawTasks, WORLD_END } from "../worlds/tasks.ts";
import { drawWorld } from "../worlds/draw-world.ts";
import type { Shape } from "../worlds/world.ts";

const DAY_MS = 86_400_000;
const policy = resolvePolicy([], modelFacts());

/** Shapes of worlds in which every change of the routing would cost more or fail more often. */
export const NOTHING_TO_GAIN: readonly Shape[] = ["all-equal", "all-equal-dear-tiers", "routed"];

/** Recommends changes from the last 30 days of the tasks, under the built-in policy. */
export const advise = (tasks: readonly Task[], options: AdviceOptions = {}) =>
  recommend(tasks, policy, { since: WORLD_END - 30 * DAY_MS, until: WORLD_END }, options);

/** Recommends changes in `count` worlds of a shape, always the same ones. */
export const inWorlds = (shape: Shape, count: number) =>
  Array.from({ length: count }, (_, i) => advise(drawTasks(drawWorld(400 + i, shape))));
