import { modelMatcher, pathMatcher } from "../domain/name-pattern.ts";
import type { SpentRequest } from "../store/each-request.ts";
import { listValues, type SpendWhere } from "../store/spend-sums.ts";
import { type OpenedHistory, roleName } from "./open-history.ts";

/** Conditions for the requests that count. */
export interface Filters {
  /** Name or pattern of a project: a plain word is a whole name; `*` and `?` make a pattern. */
  project?: string | undefined;
  /** A tier, or name or pattern of a model. */
  model?: string | undefined;
  /** Type of an agent; `main` for main threads. */
  agent?: string | undefined;
  /** A role of the policy. */
  role?: string | undefined;
  /** Of requests only: a task has no branch. */
  branch?: string | undefined;
  /** Only outcomes with strong evidence count; the others are unknown. */
  evidence?: "strong" | undefined;
}

/** Returns the conditions on requests that filters amount to: patterns become the names they match. */
export function toWhere(history: OpenedHistory, filters: Filters): SpendWhere {
  const { store, accounts } = history;
  const where: SpendWhere = { account: accounts };
  if (filters.project !== undefined) {
    const matches = pathMatcher(filters.project);
    where.project = listValues(store, "project").filter((path) => matches(projectName(path)));
  }
  if (filters.model !== undefined)
    where.model = listValues(store, "model").filter(modelMatcher(filters.model));
  if (filters.branch !== undefined)
    where.branch = listValues(store, "branch").filter(pathMatcher(filters.branch));
  if (filters.agent !== undefined || filters.role !== undefined)
    where.agent = listValues(store, "agent").filter(
      (agent) =>
        (filters.agent === undefined || agent === filters.agent) &&
        (filters.role === undefined || roleName(history.policy, agent) === filters.role),
    );
  return where;
}

/** The fields that the filters of requests look at. */
type Filtered = Pick<SpentRequest, "project" | "model" | "agent" | "account" | "branch">;

/** Makes a filter for single requests out of the same conditions; accounts are the query's to filter (each-request.ts). */
export function matchesWhere(where: SpendWhere): (request: Filtered) => boolean {
  const conditions = Object.entries(where).map(
    ([column, values]) => [column as keyof Filtered, new Set<unknown>(values)] as const,
  );
  return (request) => conditions.every(([column, values]) => values.has(request[column]));
}

/**
 * Returns the project that a folder belongs to: a worktree that Claude Code made counts with the project that it was made for, and so
 * does the copy that an attempt of a cascade worked in, whose path has the project's own path behind the attempt's number. The letter
 * of a Windows drive has no case.
 */
export function projectName(path: string): string {
  return path
    .replace(/[\\/]\.claude[\\/]worktrees[\\/].*$/, "")
    .replace(/^.*[\\/]rolecall[\\/]cascades[\\/][^\\/]+[\\/]\d+(?=[\\/])/, "")
    .replace(/^[a-z](?=:[\\/])/, (letter) => letter.toUpperCase());
}
