import { toolOfContent } from "../../domain/content-name.ts";
import { dayOf, type Weekday, weekOf } from "../../domain/calendar.ts";
import { groupOfLeaf, type OverheadRow } from "../../domain/cost-causes.ts";
import {
  LEAVES,
  type LedgerSlot,
  QUARTER_MS,
  type SlotPart,
  type ThreadLedger,
} from "../../domain/ledger.ts";

/** Parts of many slots with the same cause, name and kind of request. */
export type LedgerEntry = SlotPart &
  Pick<LedgerSlot, "model" | "activity" | "trigger"> & { agent: string; tool: string };

/** Requests of the same kind. */
export type RequestCount = Omit<LedgerSlot, "parts" | "calls" | "quarter" | "model" | "branch"> & {
  agent: string;
};

/** The slots of many threads and times added up. */
export interface Condensed {
  entries: LedgerEntry[];
  counts: RequestCount[];
  /** Calls by name. */
  calls: Map<string, number>;
  /** Nano-dollars. */
  total: number;
  activeDays: number;
  weeks: OverheadRow[];
  projects: OverheadRow[];
}

/** Dollars, and those of output and new content. */
interface OverheadSums {
  all: number;
  work: number;
}

/** Adds the slots of ledgers up by everything but time, branch and thread: thousands of rows become hundreds. */
export function condense(ledgers: readonly ThreadLedger[], timezone: string, weekStart: Weekday): Condensed {
  const entries: EntryTree = new Map();
  const counts = new Map<string, RequestCount>();
  const calls = new Map<string, number>();
  const weeks = new Map<string, OverheadSums>();
  const projects = new Map<string, OverheadSums>();
  const calendar = createCalendar(timezone, weekStart);
  const total = { all: 0, work: 0 };
  for (const { agentType: agent, project: name, slots } of ledgers) {
    const project = worthOf(projects, name);
    for (const slot of slots) {
      const worth = addEntries(entries, slot, agent);
      for (const sums of [total, project, worthOf(weeks, calendar.weekOf(slot.quarter))]) {
        sums.all += worth.all;
        sums.work += worth.work;
      }
      addCount(counts, slot, agent);
      for (const [called, count] of slot.calls) calls.set(called, (calls.get(called) ?? 0) + count);
    }
  }
  return {
    entries: [...entries.values()].flatMap((leaves) =>
      [...leaves.values()].flatMap((names) => [...names.values()]),
    ),
    counts: [...counts.values()],
    calls,
    total: total.all,
    activeDays: calendar.days(),
    weeks: [...weeks].map(toOverhead).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    projects: [...projects].map(toOverhead).toSorted((a, b) => b.nano - a.nano),
  };
}

/** Entries by kind of request, leaf and name: joining them to one key would take most of the time. */
type EntryTree = Map<string, Map<string, Map<string, LedgerEntry>>>;

/** Adds the parts of a slot to the entries of its kind; returns what they are worth. */
function addEntries(
  entries: EntryTree,
  { model, activity, trigger, parts }: LedgerSlot,
  agent: string,
): OverheadSums {
  const leaves = branchOf(entries, `${model} ${activity} ${trigger} ${agent}`);
  const worth: OverheadSums = { all: 0, work: 0 };
  for (const part of parts) {
    const names = branchOf(leaves, part.leaf);
    const entry = names.get(part.name);
    if (entry) addPart(entry, part);
    else names.set(part.name, { ...part, model, activity, trigger, agent, tool: toolOfContent(part.name) });
    worth.all += part.nano;
    if (isWorkLeaf(part.leaf)) worth.work += part.nano;
  }
  return worth;
}

function branchOf<Value>(tree: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let branch = tree.get(key);
  if (!branch) tree.set(key, (branch = new Map()));
  return branch;
}

function addPart(sum: SlotPart, part: SlotPart): void {
  sum.tokens += part.tokens;
  sum.nano += part.nano;
  sum.requests += part.requests;
  sum.leafRequests += part.leafRequests;
  sum.groupRequests += part.groupRequests;
}

function addCount(sums: Map<string, RequestCount>, slot: LedgerSlot, agent: string): void {
  const { activity, trigger, requests } = slot;
  const key = `${activity} ${trigger} ${agent}`;
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, { activity, trigger, requests, agent });
    return;
  }
  sum.requests += requests;
}

/** Returns whether a leaf is what a request was made for, and not what it carried along. */
function isWorkLeaf(leaf: SlotPart["leaf"]): boolean {
  return WORK.has(leaf);
}

const WORK: ReadonlySet<string> = new Set(
  LEAVES.filter((leaf) => groupOfLeaf(leaf) === "output" || groupOfLeaf(leaf) === "new"),
);

function worthOf(sums: Map<string, OverheadSums>, key: string): OverheadSums {
  let worth = sums.get(key);
  if (!worth) sums.set(key, (worth = { all: 0, work: 0 }));
  return worth;
}

/** Total by what was paid for output and new content: it does not depend on how much work was done. */
function toOverhead([key, { all, work }]: [string, OverheadSums]): OverheadRow {
  return { key, nano: all, overhead: work > 0 ? all / work : null };
}

/** Finds the weeks of quarters of an hour, each day once, and counts the days. */
function createCalendar(timezone: string, weekStart: Weekday) {
  const weeks = new Map<number, string>();
  const days = new Set<string>();
  return {
    days: () => days.size,
    /** The first day that a quarter's week begins with. */
    weekOf(quarter: number): string {
      let week = weeks.get(quarter);
      if (week !== undefined) return week;
      const day = dayOf(quarter * QUARTER_MS, timezone);
      days.add(day);
      weeks.set(quarter, (week = weekOf(day, weekStart)));
      return week;
    },
  };
}
