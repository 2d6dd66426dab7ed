import type { Period } from "../domain/period.ts";
import { type Filters, projectName, toWhere } from "../history/filters.ts";
import { accountName, type OpenedHistory } from "../history/open-history.ts";
import { withTilde } from "../history/workspace.ts";
import { sumSpend } from "../store/spend-sums.ts";
import { sumAttempts } from "./attempt-sums.ts";

/** The data that the numbers of a report are made from. */
export interface Scope {
  period: Period;
  filters: Filters;
  /** Times of the first and the last request, in ms since the epoch; absent if there is no request. */
  firstAt?: number;
  lastAt?: number;
  /** Names of the accounts that are shown. */
  accounts: readonly string[];
  /** Those with a request in the period that the filters let through. */
  projects: readonly string[];
}

/** Reads what a report of a period covers. */
export function readScope(history: OpenedHistory, period: Period, filters: Filters): Scope {
  const sums = sumSpend(history.store, ["project"], period, toWhere(history, filters));
  const projects = new Set(sums.map(({ values }) => projectName(String(values.project))));
  return {
    period,
    filters,
    ...(sums.length > 0 && {
      firstAt: Math.min(...sums.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...sums.map(({ lastAt }) => lastAt)),
    }),
    accounts: history.accounts.map((folder) => withTilde(accountName(folder, history), history.place.env)),
    projects: [...projects].sort(),
  };
}

/** The reason why a report has no request: its period, its filters, or a history without requests. */
export type EmptyReason = "period" | "filters" | "history";

/** Returns why a report of a period has no requests; undefined if it has some. */
export function findEmptyReason(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
): EmptyReason | undefined {
  if (hasRequests(history, period, filters)) return undefined;
  if (hasRequests(history, { timezone: period.timezone }, filters)) return "period";
  return Object.values(filters).some((value) => value !== undefined) ? "filters" : "history";
}

function hasRequests(history: OpenedHistory, period: Period, filters: Filters): boolean {
  return (
    sumSpend(history.store, [], period, toWhere(history, filters)).length > 0 ||
    sumAttempts(history, period, filters).length > 0
  );
}
