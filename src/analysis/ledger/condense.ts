import { dayOf } from "../../domain/calendar.ts";
import { groupOfLeaf, type OverheadRow } from "../../domain/cost-causes.ts";
import { type LedgerEntry, QUARTER_MS, type RequestCount, type ThreadLedger } from "../../domain/ledger.ts";

/** Entries of many threads and times added up. */
export interface Condensed {
  entries: (LedgerEntry & { agent: string })[];
  counts: (RequestCount & { agent: string })[];
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

/** Adds the entries of ledgers up by everything but time, branch and thread: thousands of rows become hundreds. */
export function condense(ledgers: readonly ThreadLedger[], timezone: string): Condensed {
  const entries = new Map<string, Condensed["entries"][number]>();
  const counts = new Map<string, Condensed["counts"][number]>();
  const weeks = new Map<string, OverheadSums>();
  const projects = new Map<string, OverheadSums>();
  const calendar = createCalendar(timezone);
  const total = { all: 0, work: 0 };
  for (const ledger of ledgers) {
    const agent = agentOf(ledger);
    const project = worthOf(projects, ledger.project);
    for (const entry of ledger.entries) {
      addEntry(entries, entry, agent);
      const isWork = isWorkLeaf(entry.leaf);
      for (const worth of [total, project, worthOf(weeks, calendar.weekOf(entry.quarter))]) {
        worth.all += entry.nano;
        if (isWork) worth.work += entry.nano;
      }
    }
    for (const count of ledger.counts) addCount(counts, count, agent);
  }
  return {
    entries: [...entries.values()],
    counts: [...counts.values()],
    total: total.all,
    activeDays: calendar.days(),
    weeks: [...weeks].map(toOverhead).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    projects: [...projects].map(toOverhead).toSorted((a, b) => b.nano - a.nano),
  };
}

/** The type of a thread; `main` for the main thread. */
function agentOf({ agentId, agentType }: ThreadLedger): string {
  return agentId === "" ? "main" : agentType || "unknown";
}

function addEntry(sums: Map<string, Condensed["entries"][number]>, entry: LedgerEntry, agent: string): void {
  const { leaf, name, model, activity, trigger } = entry;
  const key = `${leaf} ${name} ${model} ${activity} ${trigger} ${agent}`;
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, { ...entry, agent });
    return;
  }
  sum.tokens += entry.tokens;
  sum.nano += entry.nano;
  sum.requests += entry.requests;
  sum.leafRequests += entry.leafRequests;
  sum.groupRequests += entry.groupRequests;
}

function addCount(sums: Map<string, Condensed["counts"][number]>, count: RequestCount, agent: string): void {
  const key = `${count.activity} ${count.trigger} ${agent}`;
  const sum = sums.get(key);
  if (!sum) {
    sums.set(key, { ...count, agent });
    return;
  }
  sum.requests += count.requests;
  sum.unrecorded += count.unrecorded;
  sum.unrecordedNano += count.unrecordedNano;
}

/** Whether a leaf is what a request was made for, and not what it carried along. */
function isWorkLeaf(leaf: LedgerEntry["leaf"]): boolean {
  const group = groupOfLeaf(leaf);
  return group === "output" || group === "new";
}

function worthOf(sums: Map<string, OverheadSums>, key: string): OverheadSums {
  let worth = sums.get(key);
  if (!worth) sums.set(key, (worth = { all: 0, work: 0 }));
  return worth;
}

/** Total by what was paid for output and new content: it does not depend on how much work was done. */
function toOverhead([key, { all, work }]: [string, OverheadSums]): OverheadRow {
  return { key, nano: all, overhead: work > 0 ? all / work : null };
}

const DAY_MS = 86_400_000;

/** Finds the weeks of quarters of an hour, each day once, and counts the days. */
function createCalendar(timezone: string) {
  const weeks = new Map<number, string>();
  const days = new Set<string>();
  return {
    days: () => days.size,
    /** The Monday that a quarter's week begins with. */
    weekOf(quarter: number): string {
      let week = weeks.get(quarter);
      if (week !== undefined) return week;
      const day = dayOf(quarter * QUARTER_MS, timezone);
      days.add(day);
      const at = Date.parse(`${day}T00:00:00Z`);
      const weekday = (new Date(at).getUTCDay() + 6) % 7;
      weeks.set(quarter, (week = new Date(at - weekday * DAY_MS).toISOString().slice(0, 10)));
      return week;
    },
  };
}
