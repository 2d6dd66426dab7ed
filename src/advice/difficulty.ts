import type { Task } from "../domain/task.ts";

/** How hard a task looked before anybody knew how it went; higher is harder. One number per task, mean 0, deviation 1. */
export type Difficulty = ReadonlyMap<Task, number>;

const FEATURES: readonly ((task: Task) => number)[] = [
  (task) => Math.log1p(task.filesTouched),
  (task) => Math.log1p(task.promptWords),
  (task) => Math.log1p(task.contextTokens),
  (task) => (task.verification === "none" ? 0 : 1),
];

/**
 * Scores the tasks of one role by a prognostic score (Hansen 2008): each feature counts as much as it goes along with
 * failure within an assignment, so that what the assignments themselves do to success does not leak into it.
 */
export function scoreDifficulty(groups: readonly (readonly Task[])[]): Difficulty {
  const tasks = groups.flat();
  const columns = FEATURES.map((feature) => standardise(tasks.map(feature)));
  const failed = within(groups, (task) => (task.outcome === "accepted" ? 0 : 1));
  const known = tasks.map((task) => task.outcome !== "unknown" && task.outcome !== "interrupted");
  const total = known.filter(Boolean).length;
  const weights = columns.map((column) => {
    const sum = column.reduce((at, value, i) => at + (known[i] ? value * (failed[i] ?? 0) : 0), 0);
    // Shrunk towards "every feature makes a task harder a little", which is all that is known without data.
    return (sum + PRIOR_TASKS * PRIOR_WEIGHT) / (total + PRIOR_TASKS);
  });
  const scores = standardise(
    tasks.map((_, i) => columns.reduce((at, column, j) => at + (column[i] ?? 0) * (weights[j] ?? 0), 0)),
  );
  return new Map(tasks.map((task, i) => [task, scores[i] ?? 0]));
}

const PRIOR_TASKS = 50;
const PRIOR_WEIGHT = 0.05;

/** A value per task, less the mean of its group's known outcomes. */
function within(groups: readonly (readonly Task[])[], value: (task: Task) => number): number[] {
  return groups.flatMap((group) => {
    const known = group.filter((task) => task.outcome !== "unknown");
    const mean = known.reduce((at, task) => at + value(task), 0) / Math.max(1, known.length);
    return group.map((task) => value(task) - mean);
  });
}

function standardise(values: readonly number[]): number[] {
  const mean = values.reduce((at, value) => at + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((at, value) => at + (value - mean) ** 2, 0) / Math.max(1, values.length);
  const deviation = Math.sqrt(variance) || 1;
  return values.map((value) => (value - mean) / deviation);
}
