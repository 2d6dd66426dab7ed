import { addDays } from "../domain/calendar.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { ModelTable } from "../models/resolve.ts";
import { readSpendGroups, readSpendOneByOne, type SpendGroup } from "../store/spend-groups.ts";
import type { CategoryOf } from "../history/spend-categories.ts";
import type { ContextRow } from "../store/spent.ts";
import { contextFilter, type Filters, projectName } from "../history/filters.ts";
import { type History, roleName } from "../history/open-history.ts";

/** What spend can be broken down by. */
export const SPEND_KEYS = [
  "model",
  "family",
  "day",
  "week",
  "month",
  "project",
  "session",
  "agent",
  "role",
  "thread",
  "effort",
  "branch",
  "category",
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
  /** Requests whose stream was cut: their output is a lower bound. */
  cutRequests: number;
}

const USAGE_KEYS = Object.keys(NO_USAGE) as (keyof Usage)[];
const TIMES: ReadonlySet<SpendKey> = new Set(["day", "week", "month"]);

/**
 * Spend over a period, broken down by `by`: in time order where that begins with a time, else dearest first. `categoryOf`
 * (spend-categories.ts) is needed where that is one of the keys.
 */
export function readSpend(
  history: History,
  by: readonly SpendKey[],
  period: Period,
  filters: Filters = {},
  categoryOf: CategoryOf = () => "",
): SpendReport {
  const byDay = by.some((key) => TIMES.has(key));
  const read = by.includes("category") ? readSpendOneByOne : readSpendGroups;
  const groups = read(history.store, period, byDay);
  const keep = contextFilter(history, filters);
  const keyOf = keyMaker(by, history);
  const rows = new Map<string, SpendRow>();
  const unpriced = new Map<string, SpendReport["unpriced"][number]>();
  const total = noSpend();
  let cutRequests = 0;
  for (const group of groups) {
    const { context } = group;
    if (!keep(context)) continue;
    const values = keyOf(context, group.day, categoryOf(context, group.firstAt));
    const id = values.join("\u0000");
    let row = rows.get(id);
    if (!row) {
      const key = Object.fromEntries(by.map((name, index) => [name, values[index] ?? ""]));
      rows.set(id, (row = { key, ...noSpend() }));
    }
    addGroup(row, group, context);
    addGroup(total, group, context);
    if (context.flags & FLAG.cut) cutRequests += group.requests;
    if (group.cost !== null) continue;
    let without = unpriced.get(context.model);
    if (!without) unpriced.set(context.model, (without = { model: context.model, ...noSpend() }));
    addGroup(without, group, context);
  }
  return { rows: sorted([...rows.values()], by), total, unpriced: [...unpriced.values()], cutRequests };
}

/** The values of a row's key. There are many groups and few contexts and days, so each is worked out once. */
function keyMaker(
  by: readonly SpendKey[],
  history: History,
): (context: ContextRow, day: number, category: string) => string[] {
  const ofContext = new Map<ContextRow, string[]>();
  const ofDay = new Map<number, string[]>();
  return (context, day, category) => {
    let own = ofContext.get(context);
    if (!own)
      ofContext.set(context, (own = by.map((key) => (TIMES.has(key) ? "" : valueOf(key, context, history)))));
    let times = ofDay.get(day);
    if (!times) ofDay.set(day, (times = by.map((key) => (TIMES.has(key) ? timeOf(key, day) : ""))));
    return by.map((key, index) =>
      key === "category" ? category : ((TIMES.has(key) ? times : own)[index] ?? ""),
    );
  };
}

function timeOf(key: SpendKey, day: number): string {
  const date = dateOf(day);
  return key === "week" ? weekOf(date) : key === "month" ? date.slice(0, 7) : date;
}

function valueOf(key: SpendKey, context: ContextRow, { models, policy }: History): string {
  switch (key) {
    case "family":
      return familyOf(models, context.model);
    case "day":
    case "week":
    case "month":
    case "category":
      return ""; // not a context's to say
    case "project":
      return projectName(context.project);
    case "role":
      return roleName(policy, context.agent);
    case "thread":
      return context.agentId === "" ? "main" : "agent";
    case "effort":
      return context.effort || "none";
    case "branch":
      return context.branch || "none";
    default:
      return context[key];
  }
}

/** The family of a model; `unknown` where the catalogue does not have it. */
function familyOf(models: ModelTable, model: string): string {
  return models.find(model)?.family ?? "unknown";
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

/** Adds a group of requests; what was billed along with a request is none of its own. */
export function addGroup(
  to: Omit<Spend, "costNano"> & { costNano?: number },
  group: Usage & Pick<SpendGroup, "requests" | "cost">,
  { flags }: ContextRow,
): void {
  if (!(flags & FLAG.part)) to.requests += group.requests;
  for (const key of USAGE_KEYS) to.usage[key] += group[key];
  if (to.costNano !== undefined) to.costNano += group.cost ?? 0;
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
