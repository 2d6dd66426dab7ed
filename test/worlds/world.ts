import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import type { Complexity, Category } from "../../src/domain/task.ts";
import type { Random } from "../../src/advice/statistics/random.ts";

/** How users come to the model they use. */
export const SHAPES = [
  "one-model",
  "one-model-light",
  "one-model-hard-thinking",
  "routed",
  "mixed-at-random",
  "sorted-by-difficulty",
  "drifting",
  "new-model-halfway",
  "all-equal",
  "half-routed",
  "cheap-everywhere",
  "effort-mixed",
  "week-by-week",
  "compared-at-length",
  "newer-beside-older",
  "all-equal-dear-tiers",
] as const;
export type Shape = (typeof SHAPES)[number];

/** Shapes of users who let agents do much of one kind: so much that two assignments can be told apart. */
export const BUSY: ReadonlySet<Shape> = new Set(["compared-at-length", "newer-beside-older"]);
/** Shapes in which no model does better than another, and none costs less in the end. */
export const EQUAL: ReadonlySet<Shape> = new Set(["all-equal", "all-equal-dear-tiers"]);

/** A user whose truth is known. */
export interface World {
  seed: number;
  shape: Shape;
  roles: readonly WorldRole[];
  days: number;
  /** Share of outcomes that say the opposite of the truth, and of those that say nothing. */
  misleading: number;
  unknown: number;
  /** How much of a task's difficulty shows before it is done; 1 is well, 0 not at all. */
  shows: number;
}

/** What is true of a role, and nobody sees. */
export interface Truth {
  /** True chance that a task of this difficulty (0 is usual, 1 a deviation harder) succeeds. */
  succeeds: (assignment: ModelAtEffort, difficulty: number) => number;
  /** Tokens relative to the usual task on the same tokenizer: of output, and of everything else. */
  usesTokens: (assignment: ModelAtEffort, difficulty: number) => { output: number; rest: number };
}

export interface WorldRole extends Truth {
  role: string;
  agent: string;
  complexity: Complexity;
  category: Category;
  tasksPerDay: number;
  /** Tokens of the usual task. */
  usual: { requests: number; context: number; output: number };
  /** What the user has it run on; `at` is the share of the period that is over. */
  habit: (at: number, difficulty: number, random: Random) => ModelAtEffort;
}

export function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}
