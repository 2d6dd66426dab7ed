import type { Recommendation, TaskPlace } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import { isFailure } from "./failure.ts";
import type { Count } from "./statistics/rates.ts";

/** Returns what a recommendation rests on: how many tasks, from when to when, and the ones worth opening. */
export function evidenceOf(
  tasks: readonly Task[],
  current: Count,
  proposed: Count,
): Recommendation["evidence"] {
  const times = tasks.map(({ startedAt }) => startedAt);
  return {
    tasks: tasks.length,
    sessions: new Set(tasks.map(({ session }) => session)).size,
    since: new Date(Math.min(...times)).toISOString(),
    until: new Date(Math.max(...times)).toISOString(),
    places: places(tasks),
    current,
    proposed,
  };
}

const MOST_PLACES = 12;

/** The tasks to look at first: those that went wrong, then the most expensive. */
function places(tasks: readonly Task[]): TaskPlace[] {
  const ordered = tasks.toSorted((a, b) => b.costNano - a.costNano);
  const wrong = ordered.filter(isFailure).slice(0, MOST_PLACES / 2);
  const rest = ordered.filter((task) => !isFailure(task)).slice(0, MOST_PLACES - wrong.length);
  return [...wrong, ...rest].map((task) => {
    const [seen] = task.evidence;
    return {
      session: task.session,
      task: task.agentId ?? `turn:${task.index ?? 0}`,
      outcome: task.outcome,
      ...(seen ? { file: seen.file, line: seen.line, why: seen.why } : {}),
    };
  });
}
