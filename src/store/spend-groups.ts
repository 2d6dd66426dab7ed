import { offsetStretches } from "../domain/calendar.ts";
import { AT, FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Store } from "./open.ts";
import { addSum, doubled, QUARTER_MS, SUM, SUM_WIDTH } from "./request-sums.ts";
import { type ContextRow, takeUsage, visitSpent, visitSums } from "./spent.ts";

/** Requests of one context added up. */
export interface SpendGroup extends Usage {
  context: ContextRow;
  requests: number;
  /** Of the first and the last of them, in ms since the epoch. */
  firstAt: number;
  lastAt: number;
  /** Null where the model has no known price. */
  cost: NanoUsd | null;
}

/** Requests of one context and day. */
export interface DayGroup extends SpendGroup {
  /** Days since the epoch in the period's zone; 0 where days were not asked for. */
  day: number;
}

/** What was spent, each request once. */
export function readSpendGroups(store: Store, period: Period, byDay: boolean): DayGroup[] {
  const dayOf = byDay ? dayFinder(store, period) : undefined;
  return groupSpent(store, period, dayOf ? (quarter) => dayOf(quarter * QUARTER_MS) : () => 0);
}

/** The same, each request a group of its own: for what only its task can tell. */
export function readSpendOneByOne(store: Store, period: Period, byDay: boolean): DayGroup[] {
  const dayOf = byDay ? dayFinder(store, period) : () => 0;
  const groups: DayGroup[] = [];
  visitSpent(store, period, (context, at, numbers, start) => {
    const group = { ...NO_USAGE, cost: null, context, requests: 1, firstAt: at, lastAt: at, day: dayOf(at) };
    groups.push(takeUsage(group, numbers, start));
  });
  return groups;
}

/** Whatever the day: a session's list wants no more. */
export function readContextGroups(store: Store, period: Period): SpendGroup[] {
  return groupSpent(store, period, () => 0);
}

/** Requests of one context, UTC day and side of the long-prompt border. */
export interface BillGroup extends DayGroup {
  /** With a prompt above 100,000 tokens. */
  long: boolean;
}

const DAY_MS = 86_400_000;

/** What was spent, each request once, in groups that can be priced again. */
export function readBillGroups(store: Store, period: Period): BillGroup[] {
  return groupSpent(store, period, dayAndSide).map(({ day: key, ...group }) => ({
    ...group,
    requests: group.context.flags & FLAG.part ? 0 : group.requests,
    day: Math.floor(key / 2),
    long: key % 2 === 1,
  }));
}

function dayAndSide(quarter: number, isLong: number): number {
  return 2 * Math.floor((quarter * QUARTER_MS) / DAY_MS) + isLong;
}

/** Requests of one context and key (`day`). */
function groupSpent(
  store: Store,
  period: Period,
  keyOf: (quarter: number, isLong: number) => number,
): DayGroup[] {
  const groups: DayGroup[] = [];
  const ofContext = new Map<ContextRow, number[]>(); // mostly one or two: a list is quicker than a map
  let sums = new Float64Array(SUM_WIDTH * 1024);

  function indexOf(context: ContextRow, key: number): number {
    let own = ofContext.get(context);
    if (!own) ofContext.set(context, (own = []));
    const known = own.find((index) => groups[index]?.day === key);
    if (known !== undefined) return known;
    const index =
      groups.push({ ...NO_USAGE, context, day: key, requests: 0, firstAt: 0, lastAt: 0, cost: null }) - 1;
    own.push(index);
    if (SUM_WIDTH * groups.length > sums.length) sums = doubled(sums);
    sums[SUM_WIDTH * index + SUM.firstAt] = Number.POSITIVE_INFINITY;
    sums[SUM_WIDTH * index + SUM.lastAt] = Number.NEGATIVE_INFINITY;
    return index;
  }

  visitSums(store, period, (context, more, from) => {
    const key = keyOf(more[from + SUM.quarter] as number, more[from + SUM.isLong] as number);
    const to = SUM_WIDTH * indexOf(context, key);
    addSum(sums, to, more, from);
  });
  groups.forEach((group, index) => takeSums(group, sums, SUM_WIDTH * index));
  return groups;
}

function takeSums(group: DayGroup, sums: Float64Array, from: number): void {
  takeUsage(group, sums, from + SUM.usage - AT.input);
  if (sums[from + SUM.priced] === 0) group.cost = null;
  group.requests = sums[from + SUM.requests] as number;
  group.firstAt = sums[from + SUM.firstAt] as number;
  group.lastAt = sums[from + SUM.lastAt] as number;
}

/** Days since the epoch, in the period's zone. */
function dayFinder({ db }: Store, { timezone }: Period): (at: number) => number {
  if (timezone === "UTC") return (at) => Math.floor(at / DAY_MS);
  const [first, last] = db.prepare("SELECT min(first_at), max(last_at) FROM request_pack").raw().get() as [
    number | null,
    number | null,
  ];
  const stretches = offsetStretches(first ?? 0, last ?? 0, timezone);
  let { offsetMs = 0, until = Number.POSITIVE_INFINITY } = stretches[0] ?? {};
  let since = Number.NEGATIVE_INFINITY;
  return (at) => {
    if (at < since || at >= until) {
      const index = stretches.findIndex((stretch) => at < stretch.until);
      const own = stretches.at(index);
      since = stretches[index - 1]?.until ?? Number.NEGATIVE_INFINITY;
      until = own?.until ?? Number.POSITIVE_INFINITY;
      offsetMs = own?.offsetMs ?? 0;
    }
    return Math.floor((at + offsetMs) / DAY_MS);
  };
}
