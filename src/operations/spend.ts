import { addDays } from "../domain/calendar.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { type Filters, matchesWhere, projectName, toWhere } from "../history/filters.ts";
import { findLowerBound, type LowerBound } from "../history/lower-bound.ts";
import { accountName, type OpenedHistory, roleName } from "../history/open-history.ts";
import type { CategoryOf } from "../history/spend-categories.ts";
import { type SourcedSum, sumAttempts, TRANSCRIPTS } from "./attempt-sums.ts";
import { readRequests } from "../store/each-request.ts";
import { dayFinder, type SpendColumn, type SpendSum, sumSpend } from "../store/spend-sums.ts";

/** What spend can be broken down by. */
export const SPEND_KEYS = [
  "model",
  "family",
  "day",
  "week",
  "month",
  "project",
  "account",
  "session",
  "agent",
  "role",
  "thread",
  "effort",
  "branch",
  "category",
  "source",
] as const;
export type SpendKey = (typeof SPEND_KEYS)[number];

export interface Spend {
  requests: number;
  usage: Usage;
  /** Of the requests whose model has a known price. */
  costNano: NanoUsd;
}

export interface SpendRow extends Spend {
  key: Partial<Record<SpendKey, string>>;
}

export interface SpendReport {
  rows: SpendRow[];
  total: Spend;
  /** Models without a known price, with what they consumed. */
  unpriced: (Omit<Spend, "costNano"> & { model: string })[];
  /** Requests whose output is a lower bound: their stream was cut, or the client recorded only its first count. */
  cutRequests: number;
  /** An estimate of what is missing in first counts; absent when nothing is. */
  lowerBound?: LowerBound;
}

/** The column of the sums that a key is made of, and the key's value for one of its values. */
interface KeyRule {
  column: SpendColumn;
  value: (raw: string, history: OpenedHistory) => string;
}

const plain = (raw: string): string => raw;
const orNone = (raw: string): string => raw || "none";
const date = (raw: string): string => dateOf(Number(raw));

const KEYS: Readonly<Record<Exclude<SpendKey, "category" | "source">, KeyRule>> = {
  model: { column: "model", value: plain },
  family: { column: "model", value: (model, { models }) => models.find(model)?.family ?? "unknown" },
  day: { column: "day", value: date },
  week: { column: "day", value: (day) => weekOf(date(day)) },
  month: { column: "day", value: (day) => date(day).slice(0, 7) },
  project: { column: "project", value: projectName },
  account: { column: "account", value: accountName },
  session: { column: "session", value: plain },
  agent: { column: "agent", value: plain },
  role: { column: "agent", value: (agent, { policy }) => roleName(policy, agent) },
  thread: { column: "agent", value: (agent) => (agent === "main" ? "main" : "agent") },
  effort: { column: "effort", value: orNone },
  branch: { column: "branch", value: orNone },
};

const USAGE_KEYS = Object.keys(NO_USAGE) as (keyof Usage)[];
const TIMES: ReadonlySet<SpendKey> = new Set(["day", "week", "month"]);

/**
 * Reads the spend of a period, broken down by `by`: in time order when that begins with a time, otherwise the most expensive first.
 * `categoryOf` (spend-categories.ts) is needed when that is one of the keys.
 */
export function readSpend(
  history: OpenedHistory,
  by: readonly SpendKey[],
  period: Period,
  filters: Filters = {},
  categoryOf?: CategoryOf,
): SpendReport {
  const { store } = history;
  const where = toWhere(history, filters);
  const keys = by.filter((key) => key !== "category" && key !== "source");
  const columns = [...new Set(keys.map((key) => KEYS[key].column))];
  const transcripts = categoryOf
    ? sumByCategory(history, columns, period, where, categoryOf)
    : sumSpend(store, columns, period, where).map((sum) => ({ ...sum, category: "", source: TRANSCRIPTS }));
  const attempts = sumAttempts(history, period, filters);
  const sums = [...transcripts, ...attempts];
  const rows = new Map<string, SpendRow>();
  const total = noSpend();
  for (const sum of sums) {
    const key = keyOf(by, sum, history);
    const id = Object.values(key).join("\u0000");
    let row = rows.get(id);
    if (!row) rows.set(id, (row = { key, ...noSpend() }));
    addSum(row, sum);
    addSum(total, sum);
  }
  const lowerBound = findLowerBound(history, period, filters);
  const isUnpriced = transcripts.some(({ unpriced }) => unpriced > 0);
  return {
    rows: sorted([...rows.values()], by),
    total,
    unpriced: addUnpriced([
      ...(isUnpriced ? sumSpend(store, ["model"], period, where, "unpriced") : []),
      ...attempts.filter(({ unpriced }) => unpriced > 0),
    ]),
    cutRequests: sums.reduce((count, { cut }) => count + cut, lowerBound?.requests ?? 0),
    ...(lowerBound && { lowerBound }),
  };
}

/** What an attempt of executor, cascade or batch does not have. */
const ONLY_IN_TRANSCRIPTS: ReadonlySet<SpendKey> = new Set<SpendKey>([
  "project",
  "account",
  "agent",
  "role",
  "thread",
  "branch",
  "category",
]);

function keyOf(
  by: readonly SpendKey[],
  { values, category, source }: SourcedSum,
  history: OpenedHistory,
): SpendRow["key"] {
  return Object.fromEntries(
    by.map((key) => {
      if (key === "source") return [key, source];
      if (source !== TRANSCRIPTS && ONLY_IN_TRANSCRIPTS.has(key)) return [key, "none"];
      if (key === "category") return [key, category];
      const { column, value } = KEYS[key];
      return [key, value(String(values[column]), history)];
    }),
  );
}

/** Only single requests can be told apart by the category of their task. */
function sumByCategory(
  { store, accounts }: OpenedHistory,
  columns: readonly SpendColumn[],
  period: Period,
  where: ReturnType<typeof toWhere>,
  categoryOf: CategoryOf,
): SourcedSum[] {
  const dayOf = columns.includes("day") ? dayFinder(store, period) : () => 0;
  return readRequests(store, period, accounts)
    .filter(matchesWhere(where))
    .map((request) => ({
      ...request,
      values: { ...request, day: dayOf(request.at), promptAbove: 0 },
      category: categoryOf(request),
      source: TRANSCRIPTS,
      requests: request.flags & FLAG.part ? 0 : 1,
      unpriced: request.cost === null ? 1 : 0,
      cut: request.flags & FLAG.cut ? 1 : 0,
      cost: request.cost ?? 0,
      firstAt: request.at,
      lastAt: request.at,
    }));
}

/** Adds up by model what has no known price. */
function addUnpriced(sums: readonly SpendSum<"model">[]): SpendReport["unpriced"] {
  return [...Map.groupBy(sums, ({ values }) => String(values.model))].map(([model, same]) => {
    const sum = noSpend();
    for (const one of same) addSum(sum, one);
    return { model, requests: sum.requests, usage: sum.usage };
  });
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The Monday that a day's week begins with. */
function weekOf(date: string): string {
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(date, -weekday);
}

export function noSpend(): Spend {
  return { requests: 0, usage: { ...NO_USAGE }, costNano: 0 };
}

/** Adds a sum of requests. */
export function addSum(to: Spend, sum: Usage & { requests: number; cost: NanoUsd | null }): void {
  to.requests += sum.requests;
  for (const key of USAGE_KEYS) to.usage[key] += sum[key];
  to.costNano += sum.cost ?? 0;
}

function sorted(rows: SpendRow[], by: readonly SpendKey[]): SpendRow[] {
  const text = (row: SpendRow) => by.map((key) => row.key[key]).join("\u0000");
  const inTime = by[0] !== undefined && TIMES.has(by[0]);
  return rows.toSorted((a, b) => {
    const time = inTime ? compare(a.key[by[0] as SpendKey] ?? "", b.key[by[0] as SpendKey] ?? "") : 0;
    return time || b.costNano - a.costNano || compare(text(a), text(b));
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
