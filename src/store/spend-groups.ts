import { offsetStretches } from "../domain/calendar.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, isLongPrompt, type Usage } from "../domain/usage.ts";
import type { Store } from "./open.ts";
import { type ContextRow, type SpentRequest, visitSpent } from "./spent.ts";

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
  const dayOf = byDay ? dayFinder(store, period) : () => 0;
  return groupSpent(store, period, ({ at }) => dayOf(at)).map(({ key, ...group }) => ({
    ...group,
    day: key,
  }));
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
  return groupSpent(store, period, dayAndSide).map(({ key, ...group }) => ({
    ...group,
    requests: group.context.flags & FLAG.part ? 0 : group.requests,
    day: Math.floor(key / 2),
    long: key % 2 === 1,
  }));
}

function dayAndSide(request: SpentRequest): number {
  return 2 * Math.floor(request.at / DAY_MS) + (isLongPrompt(request) ? 1 : 0);
}

/** Neighbours mostly belong together. */
function groupSpent(
  store: Store,
  period: Period,
  keyOf: (request: SpentRequest) => number,
): (SpendGroup & { key: number })[] {
  const groups: (SpendGroup & { key: number })[] = [];
  const ofContext = new Map<ContextRow, Map<number, SpendGroup & { key: number }>>();
  let group: (SpendGroup & { key: number }) | undefined;
  visitSpent(store, period, (request) => {
    const key = keyOf(request);
    const { context } = request;
    if (group?.context !== context || group.key !== key) {
      let own = ofContext.get(context);
      if (!own) ofContext.set(context, (own = new Map()));
      group = own.get(key);
      if (!group) {
        group = {
          ...NO_USAGE,
          context,
          key,
          requests: 0,
          firstAt: request.at,
          lastAt: request.at,
          cost: null,
        };
        own.set(key, group);
        groups.push(group);
      }
    }
    addRequest(group, request);
  });
  return groups;
}

function addRequest(group: SpendGroup, request: SpentRequest): void {
  group.requests++;
  group.firstAt = Math.min(group.firstAt, request.at);
  group.lastAt = Math.max(group.lastAt, request.at);
  group.input += request.input;
  group.output += request.output;
  group.thinking += request.thinking;
  group.cacheWrite5m += request.cacheWrite5m;
  group.cacheWrite1h += request.cacheWrite1h;
  group.cacheRead += request.cacheRead;
  group.webSearches += request.webSearches;
  if (request.cost !== null) group.cost = (group.cost ?? 0) + request.cost;
}

/** Days since the epoch, in the period's zone. */
function dayFinder({ db }: Store, { timezone }: Period): (at: number) => number {
  if (timezone === "UTC") return (at) => Math.floor(at / DAY_MS);
  const [first, last] = db.prepare("SELECT min(first_at), max(last_at) FROM request_pack").raw().get() as [
    number | null,
    number | null,
  ];
  const stretches = offsetStretches(first ?? 0, last ?? 0, timezone);
  return (at) => {
    const { offsetMs = 0 } = stretches.find(({ until }) => at < until) ?? stretches.at(-1) ?? {};
    return Math.floor((at + offsetMs) / DAY_MS);
  };
}
