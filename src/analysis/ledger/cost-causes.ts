import { dayOf } from "../../domain/calendar.ts";
import {
  type AxisRow,
  type CauseAxis,
  type ContextBand,
  type CostCauses,
  groupOfLeaf,
  type LossPlace,
  type OverheadRow,
} from "../../domain/cost-causes.ts";
import {
  type LedgerEntry,
  type LossCause,
  QUARTER_MS,
  type RequestCount,
  type ThreadLedger,
} from "../../domain/ledger.ts";
import { sum } from "../../domain/numbers.ts";
import { causeTree, rowsBy, rowsByLeaf, sumOf } from "./causes.ts";

const MOST_LOSSES = 20;

/** Tells why the given ledgers cost what they cost. `timezone` decides on days and weeks. */
export function sumCauses(ledgers: readonly ThreadLedger[], timezone: string): CostCauses {
  const entries = entriesOf(ledgers);
  const counts = ledgers.flatMap((ledger) => ledger.counts);
  const total = sum(entries.map(({ nano }) => nano));
  const quarters = [...new Set(entries.map(({ quarter }) => quarter))];
  const days = new Map(quarters.map((quarter) => [quarter, dayOf(quarter * QUARTER_MS, timezone)]));
  const agents = ledgers.filter(({ agentId }) => agentId !== "");
  return {
    nano: total,
    requests: sum(counts.map(({ requests }) => requests)),
    sessions: new Set(ledgers.map(({ session }) => session)).size,
    activeDays: new Set(days.values()).size,
    overhead: overheadOf(entries),
    causes: causeTree(entries),
    axes: axesOf(ledgers, total),
    main: threadSum(
      ledgers.filter(({ agentId }) => agentId === ""),
      total,
    ),
    agents: byType(agents, total).map((row) => ({
      ...row,
      runs: agents.filter((agent) => typeOf(agent) === row.key).length,
    })),
    bands: contextBands(ledgers),
    losses: lossesOf(ledgers),
    unrecorded: {
      requests: sum(counts.map(({ unrecorded }) => unrecorded)),
      nano: sum(counts.map(({ unrecordedNano }) => unrecordedNano)),
    },
    overheadByWeek: [...Map.groupBy(entries, ({ quarter }) => weekOf(days.get(quarter) ?? ""))]
      .map(([key, own]) => overheadRow(key, own))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    overheadByProject: [...Map.groupBy(ledgers, ({ project }) => project)]
      .map(([key, own]) => overheadRow(key, entriesOf(own)))
      .toSorted((a, b) => b.nano - a.nano),
    unpriced: unpricedModels(entries),
  };
}

function entriesOf(ledgers: readonly ThreadLedger[]): LedgerEntry[] {
  return ledgers.flatMap(({ entries }) => entries);
}

/** Total by what was paid for output and new content: it does not depend on how much work was done. */
function overheadOf(entries: readonly LedgerEntry[]): number | null {
  let [work, all] = [0, 0];
  for (const { leaf, nano } of entries) {
    const group = groupOfLeaf(leaf);
    if (group === "output" || group === "new") work += nano;
    all += nano;
  }
  return work > 0 ? all / work : null;
}

function overheadRow(key: string, entries: readonly LedgerEntry[]): OverheadRow {
  return { key, nano: sum(entries.map(({ nano }) => nano)), overhead: overheadOf(entries) };
}

const DAY_MS = 86_400_000;

/** The Monday that a day's week begins with. */
function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - weekday * DAY_MS).toISOString().slice(0, 10);
}

function axesOf(ledgers: readonly ThreadLedger[], total: number): Record<CauseAxis, AxisRow[]> {
  const entries = entriesOf(ledgers);
  const counts = ledgers.flatMap((ledger) => ledger.counts);
  return {
    cause: rowsByLeaf(entries, total),
    tool: rowsBy(entries, toolOf, total),
    trigger: wholeRequests(entries, counts, ({ trigger }) => trigger, total),
    activity: wholeRequests(entries, counts, ({ activity }) => activity, total),
    agent: byType(ledgers, total),
  };
}

/** Content by the tool that it came from; what came from none keeps the name of its cause. */
function toolOf({ leaf, name }: LedgerEntry): string {
  const isContent = leaf.startsWith("reread.") || leaf.startsWith("new.");
  return isContent && name !== "" ? name : leaf;
}

/** Breaks requests down that belong to one row as a whole. */
function wholeRequests(
  entries: readonly LedgerEntry[],
  counts: readonly RequestCount[],
  keyOf: (one: LedgerEntry | RequestCount) => string,
  total: number,
): AxisRow[] {
  const requests = Map.groupBy(counts, keyOf);
  return rowsBy(entries, keyOf, total).map((row) => ({
    ...row,
    requests: sum((requests.get(row.key) ?? []).map((count) => count.requests)),
  }));
}

function typeOf({ agentId, agentType }: ThreadLedger): string {
  return agentId === "" ? "main" : agentType || "unknown";
}

function byType(ledgers: readonly ThreadLedger[], total: number): AxisRow[] {
  return [...Map.groupBy(ledgers, typeOf)]
    .map(([key, own]) => ({ key, ...threadSum(own, total) }))
    .toSorted((a, b) => b.nano - a.nano);
}

function threadSum(ledgers: readonly ThreadLedger[], total: number) {
  const requests = sum(ledgers.flatMap(({ counts }) => counts.map((count) => count.requests)));
  return { ...sumOf(entriesOf(ledgers), total), requests };
}

const BORDERS = [0, 60_000, 100_000, 150_000, 250_000, 400_000];

/** What a prompt costs by the size of the context at its first request; main threads only. */
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
    return [
      {
        from,
        to,
        prompts: own.length,
        nano,
        requests: sum(own.map(({ requests }) => requests)) / own.length,
      },
    ];
  });
}

function lossesOf(ledgers: readonly ThreadLedger[]): CostCauses["losses"] {
  const count: Partial<Record<LossCause, number>> = {};
  const places: LossPlace[] = [];
  for (const { session, file, title, losses } of ledgers)
    for (const { cause, sign = null, tokens, avoidableNano, line } of losses) {
      count[cause] = (count[cause] ?? 0) + 1;
      places.push({ session, file, line, title, cause, sign, tokens, avoidableNano });
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
