import type { Period } from "../domain/period.ts";
import type { SpentRequest } from "../store/each-request.ts";
import { readJudged } from "./judged.ts";
import type { OpenedHistory } from "./open-history.ts";

/** Returns the category of the task that a request belongs to; `none` for requests that belong to no task. */
export type CategoryOf = (request: SpentRequest) => string;

export function categoryFinder(history: OpenedHistory, period: Period): CategoryOf {
  // Tasks that began before the period may have requests in it.
  const tasks = readJudged(history, { timezone: period.timezone }).flatMap((analysis) => analysis.tasks);
  const runs = new Map<string, string>();
  const turns = new Map<string, { startedAt: number; category: string }[]>();
  for (const { kind, session, agentId = "", startedAt, categories } of tasks) {
    if (kind === "agent-run") runs.set(`${session} ${agentId}`, categories.complexity);
    else turns.set(session, [...(turns.get(session) ?? []), { startedAt, category: categories.complexity }]);
  }
  for (const list of turns.values()) list.sort((a, b) => a.startedAt - b.startedAt);
  return ({ session, agentId, at }) => {
    if (agentId !== "") return runs.get(`${session} ${agentId}`) ?? "none";
    return turns.get(session)?.findLast(({ startedAt }) => startedAt <= at)?.category ?? "none";
  };
}
