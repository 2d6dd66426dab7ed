import { compareText } from "../domain/compare.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { addUsage, NO_USAGE, totalTokens, type Usage } from "../domain/usage.ts";
import { type Filters, matchesWhere, projectName, toWhere } from "../history/filters.ts";
import { findLowerBound, type LowerBound } from "../history/lower-bound.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { CategoriesOf } from "../history/spend-categories.ts";
import { type SourcedSum, sumAttempts, TRANSCRIPTS } from "./attempt-sums.ts";
import { orderRows, type RowOrder } from "./order.ts";
import { needed, SPEND_RULES, type SpendFinders, type SpendKey } from "./spend-keys.ts";
import { readRequests } from "../store/each-request.ts";
import { type SpendColumn, type SpendSum, sumSpend, timeFinder } from "../store/spend-sums.ts";

/** Requests with their tokens and cost. */
export interface Spend {
  /** Number of requests. */
  requests: number;
  /** Tokens and web searches. */
  usage: Usage;
  /** Of the requests whose model has a known price. */
  costNano: NanoUsd;
  /** Those whose model has none, with what was billed along with them. */
  unpriced: number;
}

/** One row of the spend. */
export interface SpendRow extends Spend {
  /** The value of each key. */
  key: Partial<Record<SpendKey, string>>;
  /** Its models, the most expensive first; only with a breakdown by model below each row. */
  models?: readonly SpendRow[];
}

/** The spend of a period. */
export interface SpendReport {
  /** One row for each combination of the keys. */
  rows: SpendRow[];
  /** The sum of all rows, also of those that a limit leaves out. */
  total: Spend;
  /** Rows that a limit leaves out; absent when none are. */
  left?: number;
  /** Models without a known price, with what they consumed. */
  unpriced: (Pick<Spend, "requests" | "usage"> & { model: string })[];
  /** Requests whose output is a lower bound: their stream was cut, or the client recorded only its first count. */
  cutRequests: number;
  /** Number of projects that share a repository with another one, and number of these repositories; absent if no project shares one. */
  shared?: { projects: number; repositories: number };
  /** An estimate of what is missing in first counts; absent when nothing is. */
  lowerBound?: LowerBound;
}

/**
 * Reads the spend of a period, broken down by `by`: in time order when that begins with a time, otherwise the most expensive first.
 * Some keys need a finder.
 */
export function readSpend(
  history: OpenedHistory,
  by: readonly SpendKey[],
  period: Period,
  filters: Filters = {},
  finders: SpendFinders = {},
): SpendReport {
  const { store } = history;
  const where = toWhere(history, filters);
  const columns = [...new Set(by.flatMap((key) => SPEND_RULES[key].column ?? []))];
  const ofTask = by.find((key) => SPEND_RULES[key].ofTasks);
  const transcripts = ofTask
    ? sumByTask(history, columns, period, where, needed(finders.categoriesOf, ofTask))
    : sumSpend(store, columns, period, where).map((sum) => ({ ...sum, source: TRANSCRIPTS }));
  const attempts = sumAttempts(history, period, filters);
  const sums = [...transcripts, ...attempts];
  const rows = new Map<string, SpendRow>();
  const total = noSpend();
  for (const sum of sums) {
    const key = keyOf(by, sum, history, finders);
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
    ...sharedRepositories(by, transcripts, finders),
  };
}

/** Counts the projects that share a repository with another one, for a view by project that leaves them apart. */
function sharedRepositories(
  by: readonly SpendKey[],
  sums: readonly SourcedSum[],
  { repositoryOf }: SpendFinders,
): Pick<SpendReport, "shared"> {
  if (!repositoryOf || !by.includes("project") || by.includes("repository")) return {};
  const projects = new Set(sums.map(({ values }) => projectName(String(values.project))));
  const groups = [...Map.groupBy(projects, repositoryOf).values()].filter(({ length }) => length > 1);
  return groups.length === 0
    ? {}
    : { shared: { projects: groups.flat().length, repositories: groups.length } };
}

function keyOf(
  by: readonly SpendKey[],
  sum: SourcedSum,
  history: OpenedHistory,
  finders: SpendFinders,
): SpendRow["key"] {
  return Object.fromEntries(
    by.map((key) => {
      const { column, value, onlyInTranscripts } = SPEND_RULES[key];
      if (sum.source !== TRANSCRIPTS && onlyInTranscripts) return [key, "none"];
      return [key, value(column ? String(sum.values[column]) : "", history, sum, finders)];
    }),
  );
}

/** Only single requests can be split by their tasks. */
function sumByTask(
  { store, accounts }: OpenedHistory,
  columns: readonly SpendColumn[],
  period: Period,
  where: ReturnType<typeof toWhere>,
  categoriesOf: CategoriesOf,
): SourcedSum[] {
  const isByTime = columns.includes("day") || columns.includes("hour");
  const timeOf = isByTime ? timeFinder(store, period) : () => ({ day: 0, hour: 0 });
  return readRequests(store, period, accounts)
    .filter(matchesWhere(where))
    .map((request) => ({
      ...request,
      values: { ...request, ...timeOf(request.at), quarter: 0, promptAbove: 0 },
      categories: categoriesOf(request),
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

export function noSpend(): Spend {
  return { requests: 0, usage: { ...NO_USAGE }, costNano: 0, unpriced: 0 };
}

/** Adds a sum of requests. */
export function addSum(
  to: Spend,
  sum: Usage & { requests: number; cost: NanoUsd | null; unpriced: number },
): void {
  to.requests += sum.requests;
  addUsage(to.usage, sum);
  to.costNano += sum.cost ?? 0;
  to.unpriced += sum.unpriced;
}

function sorted(rows: SpendRow[], by: readonly SpendKey[]): SpendRow[] {
  const text = (row: SpendRow) => by.map((key) => row.key[key]).join("\u0000");
  const inTime = by[0] !== undefined && SPEND_RULES[by[0]].isTime === true;
  return rows.toSorted((a, b) => {
    const time = inTime ? compareText(a.key[by[0] as SpendKey] ?? "", b.key[by[0] as SpendKey] ?? "") : 0;
    return time || b.costNano - a.costNano || compareText(text(a), text(b));
  });
}

const ORDERS = {
  cost: ({ costNano }: SpendRow) => costNano,
  requests: ({ requests }: SpendRow) => requests,
  tokens: ({ usage }: SpendRow) => totalTokens(usage),
  input: ({ usage }: SpendRow) => usage.input,
  output: ({ usage }: SpendRow) => usage.output,
};

/** Orders of the rows of spend, besides their keys. */
export const SPEND_ORDERS = Object.keys(ORDERS);

/** Returns a report with its rows in the order asked for. Throws UsageError for an unknown field. */
export function orderSpend(report: SpendReport, by: readonly SpendKey[], order: RowOrder): SpendReport {
  const keys = Object.fromEntries(by.map((key) => [key, (row: SpendRow) => row.key[key] ?? ""]));
  const rows = orderRows(report.rows, { ...ORDERS, ...keys }, order);
  const left = report.rows.length - rows.length;
  return { ...report, rows, ...(left > 0 && { left }) };
}
