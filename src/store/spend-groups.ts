import { offsetStretches } from "../domain/calendar.ts";
import { AT, FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, isLongPrompt, type Usage } from "../domain/usage.ts";
import type { Store } from "./open.ts";
import { type ContextRow, takeUsage, visitSpent } from "./spent.ts";

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
  return groupSpent(store, period, byDay ? dayFinder(store, period) : () => 0);
}

/** The same, each request a group of its own: for what only its task can tell. */
export function readSpendOneByOne(store: Store, period: Period, byDay: boolean): DayGroup[] {
  const dayOf = byDay ? dayFinder(store, period) : () => 0;
  let count = 0;
  return groupSpent(store, period, () => count++).map((group) => ({ ...group, day: dayOf(group.firstAt) }));
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

const prompt = { ...NO_USAGE, cost: null };

function dayAndSide(at: number, numbers: Float64Array, start: number): number {
  return 2 * Math.floor(at / DAY_MS) + (isLongPrompt(takeUsage(prompt, numbers, start)) ? 1 : 0);
}

/** Requests of one context and key (`day`), added up in columns: there are far more of them than of groups. */
function groupSpent(
  store: Store,
  period: Period,
  keyOf: (at: number, numbers: Float64Array, start: number) => number,
): DayGroup[] {
  const groups: DayGroup[] = [];
  const places = new Map<ContextRow, Map<number, number>>();
  let sums = new Float64Array(SUMS * 1024);

  function placeOf(context: ContextRow, key: number, at: number): number {
    let own = places.get(context);
    if (!own) places.set(context, (own = new Map()));
    let place = own.get(key);
    if (place === undefined) {
      own.set(key, (place = groups.length));
      groups.push({ ...NO_USAGE, context, day: key, requests: 0, firstAt: at, lastAt: at, cost: null });
      if (sums.length < SUMS * groups.length) {
        const more = new Float64Array(2 * sums.length);
        more.set(sums);
        sums = more;
      }
      sums[SUMS * place + FIRST] = at;
      sums[SUMS * place + LAST] = at;
    }
    return place;
  }

  let [last, lastKey, to]: [ContextRow | undefined, number, number] = [undefined, 0, 0];
  visitSpent(store, period, (context, at, numbers, start) => {
    const key = keyOf(at, numbers, start);
    // Neighbours mostly belong together.
    if (context !== last || key !== lastKey)
      [last, lastKey, to] = [context, key, SUMS * placeOf(context, key, at)];
    addRow(sums, to, at, numbers, start);
  });
  groups.forEach((group, index) => takeSums(group, sums, SUMS * index));
  return groups;
}

// Columns of the sums: those of a request's usage and cost, as they follow on each other in a pack, and what is not added up.
const FIRST_COLUMN = AT.input;
const COST = AT.cost - FIRST_COLUMN;
const REQUESTS = COST + 1;
const PRICED = COST + 2;
const FIRST = COST + 3;
const LAST = COST + 4;
const SUMS = COST + 5;

function addRow(sums: Float64Array, to: number, at: number, numbers: Float64Array, start: number): void {
  for (let column = 0; column < COST; column++)
    (sums[to + column] as number) += numbers[start + FIRST_COLUMN + column] as number;
  const cost = numbers[start + AT.cost] as number;
  if (!Number.isNaN(cost)) {
    (sums[to + COST] as number) += cost;
    (sums[to + PRICED] as number)++;
  }
  (sums[to + REQUESTS] as number)++;
  if (at < (sums[to + FIRST] as number)) sums[to + FIRST] = at;
  if (at > (sums[to + LAST] as number)) sums[to + LAST] = at;
}

function takeSums(group: DayGroup, sums: Float64Array, from: number): void {
  takeUsage(group, sums, from - FIRST_COLUMN);
  if (sums[from + PRICED] === 0) group.cost = null;
  group.requests = sums[from + REQUESTS] as number;
  group.firstAt = sums[from + FIRST] as number;
  group.lastAt = sums[from + LAST] as number;
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
