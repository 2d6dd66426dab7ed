import type { Categories } from "../domain/task.ts";
import type { Period } from "../domain/period.ts";
import type { SpentRequest } from "../store/each-request.ts";
import { readJudged } from "./judged.ts";
import type { OpenedHistory } from "./open-history.ts";

/** Returns what kind of work the task of a request is and how hard; undefined for requests that belong to no task. */
export type CategoriesOf = (request: SpentRequest) => Categories | undefined;

export function categoriesFinder(history: OpenedHistory, period: Period): CategoriesOf {
  // Tasks that began before the period may have requests in it.
  const tasks = readJudged(history, { timezone: period.timezone }).flatMap((analysis) => analysis.tasks);
  const runs = new Map<string, Categories>();
  const turns = new Map<string, { startedAt: number; categories: Categories }[]>();
  for (const { kind, session, agentId = "", startedAt, categories } of tasks) {
    if (kind === "agent-run") runs.set(`${session} ${agentId}`, categories);
    else turns.set(session, [...(turns.get(session) ?? []), { startedAt, categories }]);
  }
  for (const list of turns.values()) list.sort((a, b) => a.startedAt - b.startedAt);
  return ({ session, agentId, at }) => {
    if (agentId !== "") return runs.get(`${session} ${agentId}`);
    return turns.get(session)?.findLast(({ startedAt }) => startedAt <= at)?.categories;
  };
}
