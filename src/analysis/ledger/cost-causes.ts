import type { Weekday } from "../../domain/calendar.ts";
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
    tool: rowsBy(entries, toolOf, total),
    "mcp-server": rowsBy(entries, serverOf, total),
    trigger: wholeRequests(condensed, ({ trigger }) => trigger),
    activity: wholeRequests(condensed, ({ activity }) => activity),
    agent: byAgent(condensed),
  };
}

/** Content by the tool that it came from; what came from none keeps the name of its cause. */
function toolOf({ leaf, name }: LedgerEntry): string {
  const isContent = leaf.startsWith("reread.") || leaf.startsWith("new.");
  return isContent && name !== "" ? name : leaf;
}

/** Content by the MCP server that it came from; everything else is `none`. */
function serverOf(entry: LedgerEntry): string {
  return /^mcp__(.+?)__/.exec(toolOf(entry))?.[1] ?? "none";
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
