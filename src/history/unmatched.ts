import { modelMatcher, type NameMatcher, nearNames, pathMatcher } from "../domain/name-pattern.ts";
import type { Period } from "../domain/period.ts";
import { listValues, type SpendColumn, sumSpend } from "../store/spend-sums.ts";
import { listTaskAgents } from "../store/tasks.ts";
import { type Filters, projectName, toWhere } from "./filters.ts";
import { type OpenedHistory, roleName } from "./open-history.ts";
import { modelOf, readAttempts } from "./own-attempts.ts";

/** A filter that no request of the period matches. */
export interface Unmatched {
  option: keyof NameFilters;
  value: string;
  /** It matches names, but only outside the period or the accounts that are shown. */
  isElsewhere: boolean;
  /** Names that may be meant, of the period or of any time; without any, some that exist. */
  near: string[];
}

/** The filters that are names or patterns of names. */
export interface NameFilters extends Omit<Filters, "evidence"> {
  branch?: string | undefined;
}

/** The rule for finding the values of a filter, and those that it means. */
interface FilterRule {
  column: Extract<SpendColumn, "project" | "model" | "agent" | "branch">;
  nameOf: (raw: string, history: OpenedHistory) => string;
  matcher: (wanted: string) => NameMatcher;
}

/** More would not fit a line. */
const MOST_NAMES = 3;

const same = (raw: string): string => raw;
const equals =
  (wanted: string): NameMatcher =>
  (name) =>
    name === wanted;

const RULES: Readonly<Record<keyof NameFilters, FilterRule>> = {
  project: { column: "project", nameOf: projectName, matcher: pathMatcher },
  model: { column: "model", nameOf: same, matcher: modelMatcher },
  agent: { column: "agent", nameOf: same, matcher: equals },
  role: { column: "agent", nameOf: (agent, { policy }) => roleName(policy, agent), matcher: equals },
  branch: { column: "branch", nameOf: same, matcher: pathMatcher },
};

/** Returns the filters that match nothing in a period, each with the names that are like it. */
export function findUnmatched(history: OpenedHistory, period: Period, filters: NameFilters): Unmatched[] {
  return (Object.keys(RULES) as (keyof NameFilters)[]).flatMap((option) => {
    const value = filters[option];
    if (value === undefined) return [];
    const { column, nameOf, matcher } = RULES[option];
    const matches = matcher(value);
    const toNames = (values: readonly string[]) => [...new Set(values.map((raw) => nameOf(raw, history)))];
    const names = toNames(valuesIn(history, period, column));
    if (names.some(matches)) return [];
    const all = toNames(listValues(history.store, column)).filter((name) => name !== "");
    const isElsewhere = all.some(matches);
    const near = isElsewhere ? names : namesLike(value, names, all);
    return [{ option, value, isElsewhere, near: near.slice(0, MOST_NAMES) }];
  });
}

/** Returns the names of a period that are like a value, otherwise those of any time; without any, some that exist. */
function namesLike(value: string, names: readonly string[], all: readonly string[]): readonly string[] {
  const choices = [nearNames(value, names), nearNames(value, all), names, all];
  return choices.find((found) => found.length > 0) ?? [];
}

/** Returns whether filters that match something each match nothing together. */
export function matchNothingTogether(history: OpenedHistory, period: Period, filters: Filters): boolean {
  const given = [filters.project, filters.model, filters.agent, filters.role];
  if (given.filter((value) => value !== undefined).length < 2) return false;
  return sumSpend(history.store, [], period, toWhere(history, filters)).length === 0;
}

/** Returns the values of a column that requests and attempts of a period have. */
function valuesIn(history: OpenedHistory, period: Period, column: FilterRule["column"]): string[] {
  const sums = sumSpend(history.store, [column], period, { account: history.accounts });
  const values = sums.map((sum) => String(sum.values[column])).filter((value) => value !== "");
  if (column === "agent") return [...values, ...listTaskAgents(history.store, period)]; // a run may have no request
  if (column !== "model") return values;
  return [...values, ...readAttempts(history, period).all.map((attempt) => modelOf(attempt, history.models))];
}
