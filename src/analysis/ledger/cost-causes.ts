import { dayOf } from "../../domain/calendar.ts";
import type {
  AxisRow,
  CauseAxis,
  CauseSum,
  ContextBand,
  CostCauses,
  LossPlace,
  OverheadRow,
} from "../../domain/cost-causes.ts";
import { groupOfLeaf } from "../../domain/cost-causes.ts";
import { sum } from "../../domain/numbers.ts";
import { type LedgerEntry, type LossCause, QUARTER_MS, type ThreadLedger } from "../../domain/ledger.ts";
import { causeTree, rowsBy, sumOf } from "./causes.ts";

const MOST_LOSSES = 20;

/** Tells why the given ledgers cost what they cost. `timezone` decides on days and weeks. */
export function costCauses(ledgers: readonly ThreadLedger[], timezone: string): CostCauses {
  const entries = ledgers.flatMap((ledger) => ledger.entries);
  const nano = entries.reduce((sum, entry) => sum + entry.nano, 0);
  const quarters = [...new Set(entries.map(({ quarter }) => quarter))];
  const days = new Map(quarters.map((quarter) => [quarter, dayOf(quarter * QUARTER_MS, timezone)]));
  const paid = ledgers.filter((ledger) => ledger.entries.length > 0);
  const counts = paid.flatMap((ledger) => ledger.counts);
  return {
    nano,
    requests: sum(counts.map(({ requests }) => requests)),
    sessions: new Set(paid.map(({ session }) => session)).size,
    activeDays: new Set(days.values()).size,
    overhead: overheadOf(entries),
    causes: causeTree(entries),
    axes: axesOf(ledgers, entries, nano),
    main: sumOf(
      entriesOf(ledgers, (agentId) => agentId === ""),
      nano,
    ),
    agents: agentRows(paid, nano),
    bands: contextBands(paid),
    losses: lossesOf(paid),
    unrecorded: {
      requests: sum(counts.map(({ unrecorded }) => unrecorded)),
      nano: sum(counts.map(({ unrecordedNano }) => unrecordedNano)),
    },
    overheadByWeek: overheads(entries, ({ quarter }) => weekOf(days.get(quarter) ?? "")).toSorted((a, b) =>
      a.key < b.key ? -1 : 1,
    ),
    overheadByProject: [...Map.groupBy(paid, ({ project }) => project)]
      .map(([key, own]) =>
        overheadRow(
          key,
          own.flatMap((ledger) => ledger.entries),
        ),
      )
      .toSorted((a, b) => b.nano - a.nano),
    unpriced: unpricedModels(entries),
  };
}

function entriesOf(ledgers: readonly ThreadLedger[], isWanted: (agentId: string) => boolean): LedgerEntry[] {
  return ledgers.filter(({ agentId }) => isWanted(agentId)).flatMap(({ entries }) => entries);
}

/** Total by what was paid for output and new content: it does not depend on how much work was done. */
export function overheadOf(entries: readonly LedgerEntry[]): number | null {
  let [work, all] = [0, 0];
  for (const { leaf, nano } of entries) {
    const group = groupOfLeaf(leaf);
    if (group === "output" || group === "new") work += nano;
    all += nano;
  }
  return work > 0 ? all / work : null;
}

function overheads(entries: readonly LedgerEntry[], keyOf: (entry: LedgerEntry) => string): OverheadRow[] {
  return [...Map.groupBy(entries, keyOf)].map(([key, own]) => overheadRow(key, own));
}

function overheadRow(key: string, entries: readonly LedgerEntry[]): OverheadRow {
  return { key, nano: entries.reduce((sum, { nano }) => sum + nano, 0), overhead: overheadOf(entries) };
}

/** The Monday that a day's week begins with. */
function weekOf(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(at)) return "";
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  return new Date(at - weekday * 86_400_000).toISOString().slice(0, 10);
}

function axesOf(
  ledgers: readonly ThreadLedger[],
  entries: readonly LedgerEntry[],
  total: number,
): Record<CauseAxis, AxisRow[]> {
  const toKey = (key: string) => ({ key });
  return {
    cause: rowsBy(entries, ({ leaf }) => leaf, total, toKey),
    tool: rowsBy(entries, toolOf, total, toKey),
    trigger: rowsBy(entries, ({ trigger }) => trigger, total, toKey),
    activity: rowsBy(entries, ({ activity }) => activity, total, toKey),
    agent: [...Map.groupBy(ledgers, typeOf)]
      .map(([key, own]) => ({
        key,
        ...sumOf(
          own.flatMap((ledger) => ledger.entries),
          total,
        ),
      }))
      .filter(({ requests }) => requests > 0)
      .toSorted((a, b) => b.nano - a.nano),
  };
}

/** Content by the tool that it came from; what came from none keeps the name of its cause. */
function toolOf({ leaf, name }: LedgerEntry): string {
  const isContent = leaf.startsWith("reread.") || leaf.startsWith("new.");
  return isContent && name !== "" ? name : leaf;
}

function typeOf({ agentId, agentType }: ThreadLedger): string {
  return agentId === "" ? "main" : agentType || "unknown";
}

function agentRows(ledgers: readonly ThreadLedger[], total: number) {
  const agents = ledgers.filter(({ agentId }) => agentId !== "");
  return [...Map.groupBy(agents, typeOf)]
    .map(([key, own]) => ({
      key,
      runs: own.length,
      ...sumOf(
        own.flatMap(({ entries }) => entries),
        total,
      ),
    }))
    .toSorted((a: CauseSum, b: CauseSum) => b.nano - a.nano);
}

const BORDERS = [0, 60_000, 100_000, 150_000, 250_000, 400_000];

/** What a prompt costs by the size of the context at its first request; main threads only. */
function contextBands(ledgers: readonly ThreadLedger[]): ContextBand[] {
  const turns = ledgers.filter(({ agentId }) => agentId === "").flatMap((ledger) => ledger.turns);
  return BORDERS.flatMap((from, index) => {
    const to = BORDERS[index + 1] ?? null;
    const own = turns.filter(
      ({ context, requests }) => requests > 0 && context >= from && context < (to ?? Infinity),
    );
    if (own.length === 0) return [];
    const mean = (of: (turn: (typeof own)[number]) => number) => sum(own.map(of)) / own.length;
    return [
      {
        from,
        to,
        prompts: own.length,
        nano: mean(({ nano }) => nano),
        requests: mean(({ requests }) => requests),
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

/** Models all of whose entries are free: nothing but an unknown price makes them so. */
function unpricedModels(entries: readonly LedgerEntry[]): string[] {
  const sums = Map.groupBy(entries, ({ model }) => model);
  return [...sums].filter(([, own]) => own.every(({ nano }) => nano === 0)).map(([model]) => model);
}
