import type { Weekday } from "../../domain/calendar.ts";
import { programOfContent, skillOfContent, toolOfContent } from "../../domain/content-name.ts";
import type { AxisRow, CauseAxis, ContextBand, CostCauses, LossPlace } from "../../domain/cost-causes.ts";
import type { LossCause, ThreadLedger } from "../../domain/ledger.ts";
import { sum } from "../../domain/numbers.ts";
import { causeTree, rowsBy, rowsByLeaf, sumOf } from "./causes.ts";
import { condense, type Condensed, type LedgerEntry } from "./condense.ts";

/** Explains why the given ledgers cost what they cost. `timezone` decides on days and weeks. */
export function sumCauses(
  ledgers: readonly ThreadLedger[],
  timezone: string,
  weekStart: Weekday = "monday",
): CostCauses {
  const condensed = condense(ledgers, timezone, weekStart);
  const { entries, counts, total } = condensed;
  const agents = byAgent(condensed).filter(({ key }) => key !== "main");
  const runs = Map.groupBy(
    ledgers.filter(({ agentId }) => agentId !== ""),
    ({ agentType }) => agentType,
  );
  return {
    nano: total,
    requests: sum(counts.map(({ requests }) => requests)),
    sessions: new Set(ledgers.map(({ session }) => session)).size,
    activeDays: condensed.activeDays,
    overhead: overheadOf(condensed),
    causes: causeTree(entries),
    axes: axesOf(condensed),
    main: withRequests(condensed, ({ agent }) => agent === "main"),
    agents: agents.map((row) => ({
      ...row,
      runs: new Set(runs.get(row.key)?.map(({ agentId }) => agentId)).size,
    })),
    bands: contextBands(ledgers),
    losses: lossesOf(ledgers),
    overheadByWeek: condensed.weeks,
    overheadByProject: condensed.projects,
    unpriced: unpricedModels(entries),
  };
}

function overheadOf({ entries, total }: Condensed): number | null {
  const work = sum(
    entries.map(({ leaf, nano }) => (leaf.startsWith("output.") || leaf.startsWith("new.") ? nano : 0)),
  );
  return work > 0 ? total / work : null;
}

function axesOf(condensed: Condensed): Record<CauseAxis, AxisRow[]> {
  const { entries, total } = condensed;
  return {
    cause: rowsByLeaf(entries, total),
    tool: byContent(condensed, toolOfContent),
    skill: byContent(condensed, (name) => skillOfContent(name) || NONE),
    "mcp-server": byContent(condensed, (name) => serverOf(name) ?? NONE),
    command: byContent(condensed, (name) => programOfContent(name) || NONE),
    trigger: wholeRequests(condensed, ({ trigger }) => trigger),
    activity: wholeRequests(condensed, ({ activity }) => activity),
    agent: byAgent(condensed),
  };
}

const NONE = "none";

/** Breaks down by content, with the calls that it came from. What is not content has the name of its cause. */
function byContent({ entries, calls, total }: Condensed, keyOf: (name: string) => string): AxisRow[] {
  const keys = new Map<string, string>();
  const keyOfName = (name: string): string => {
    let key = keys.get(name);
    if (key === undefined) keys.set(name, (key = keyOf(name)));
    return key;
  };
  const counts = new Map<string, number>();
  for (const [name, count] of calls) counts.set(keyOfName(name), (counts.get(keyOfName(name)) ?? 0) + count);
  const rows = rowsBy(entries, (entry) => keyOfName(contentOf(entry)), total);
  const known = new Set(rows.map(({ key }) => key));
  const others = [...counts.keys()].filter((key) => !known.has(key));
  return [...rows, ...others.map((key) => ({ key, ...sumOf([], total) }))].map((row) => ({
    ...row,
    calls: counts.get(row.key) ?? 0,
  }));
}

/** The name of content, or of the cause of what is not content. */
function contentOf({ leaf, name }: LedgerEntry): string {
  const isContent = leaf.startsWith("reread.") || leaf.startsWith("new.");
  return isContent && name !== "" ? name : leaf;
}

function serverOf(name: string): string | undefined {
  return /^mcp__(.+?)__/.exec(name)?.[1];
}

function byAgent(condensed: Condensed): AxisRow[] {
  return wholeRequests(condensed, ({ agent }) => agent);
}

type Row = Condensed["entries"][number] | Condensed["counts"][number];

/** Breaks requests down that belong to one row as a whole. */
function wholeRequests({ entries, counts, total }: Condensed, keyOf: (row: Row) => string): AxisRow[] {
  return [...Map.groupBy(entries, keyOf)]
    .map(([key, own]) => ({
      key,
      ...sumOf(own, total),
      requests: sum(counts.map((count) => (keyOf(count) === key ? count.requests : 0))),
    }))
    .toSorted((a, b) => b.nano - a.nano);
}

function withRequests({ entries, counts, total }: Condensed, matches: (row: Row) => boolean) {
  const requests = sum(counts.filter(matches).map((count) => count.requests));
  return { ...sumOf(entries.filter(matches), total), requests };
}

const BORDERS = [0, 60_000, 100_000, 150_000, 250_000, 400_000];

/** Returns what a prompt costs by the size of the context at its first request; main threads only. */
function contextBands(ledgers: readonly ThreadLedger[]): ContextBand[] {
  const turns = ledgers
    .filter(({ agentId }) => agentId === "")
    .flatMap((ledger) => ledger.turns)
    .filter(({ requests }) => requests > 0);
  return BORDERS.flatMap((from, index) => {
    const to = BORDERS[index + 1] ?? null;
    const own = turns.filter(({ context }) => context >= from && context < (to ?? Infinity));
    if (own.length === 0) return [];
    const nano = sum(own.map((turn) => turn.nano)) / own.length;
    const requests = sum(own.map((turn) => turn.requests)) / own.length;
    return [{ from, to, prompts: own.length, nano, requests }];
  });
}

const MOST_LOSSES = 20;

function lossesOf(ledgers: readonly ThreadLedger[]): CostCauses["losses"] {
  const count: Partial<Record<LossCause, number>> = {};
  const places: LossPlace[] = [];
  for (const { session, file, losses } of ledgers)
    for (const { cause, sign = null, tokens, avoidableNano, line } of losses) {
      count[cause] = (count[cause] ?? 0) + 1;
      places.push({ session, file, line, cause, sign, tokens, avoidableNano });
    }
  return {
    count,
    largest: places.toSorted((a, b) => b.avoidableNano - a.avoidableNano).slice(0, MOST_LOSSES),
  };
}

/** Models that consumed tokens and cost nothing: only an unknown price makes them so. */
function unpricedModels(entries: readonly LedgerEntry[]): string[] {
  const models = Map.groupBy(entries, ({ model }) => model);
  return [...models].filter(([, own]) => own.every(({ nano }) => nano === 0)).map(([model]) => model);
}
