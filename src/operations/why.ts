import { sumCauses } from "../analysis/ledger/cost-causes.ts";
import { filterLedgers, type LedgerFilter } from "../analysis/ledger/filter.ts";
import { ledgerRows } from "../analysis/ledger/rows.ts";
import { sumLedger } from "../analysis/ledger/sums.ts";
import { rankUnusual } from "../analysis/ledger/unusual.ts";
import { toSteps } from "../analysis/simulate/steps.ts";
import { pricesOfToday } from "../analysis/simulate/today.ts";
import { simulate, type Simulation } from "../analysis/simulate/waterfall.ts";
import { dayOf } from "../domain/calendar.ts";
import type { CostCauses, Unusual } from "../domain/cost-causes.ts";
import { globMatcher } from "../domain/glob.ts";
import { QUARTER_MS, type ThreadLedger } from "../domain/ledger.ts";
import type { LedgerRequest, LedgerThread } from "../domain/ledger-input.ts";
import type { Period } from "../domain/period.ts";
import { readLedgerThreads } from "../history/ledger-threads.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { pickSession } from "./pick-session.ts";

/** What `why` is asked about. */
export interface WhyRequest {
  period: Period;
  /** How the id of a session begins. */
  session?: string | undefined;
  project?: string | undefined;
  model?: string | undefined;
  agent?: string | undefined;
  branch?: string | undefined;
  /** Compares with the other days: the period is one day. */
  isDay?: boolean;
  /** ms since the epoch. */
  now: number;
}

/** Why something costs what it costs, and what would change that. */
export interface WhyReport {
  causes: CostCauses;
  /** The id of the session that was asked about. */
  session: string | null;
  /** In what it differs from the user's own median; for one session or one day only. */
  unusual: readonly Unusual[];
  /** Null for one session or one day: they are too short to advise from. */
  simulation: Simulation | null;
}

/** Tells why a period or a session costs what it costs. Throws UsageError if no session has the id. */
export function readWhy({ workspace, models }: OpenedHistory, request: WhyRequest): WhyReport {
  const threads = readLedgerThreads(workspace.roots, models);
  const rows = new Map(threads.map((thread) => [thread, ledgerRows(thread, models)]));
  const ledgers = [...rows].map(([thread, own]) => sumLedger(thread, own, models));
  const session =
    request.session === undefined
      ? undefined
      : pickSession([...new Set(threads.map(({ session: id }) => id))], request.session);
  const filter = filterOf(request, session);
  const chosen = filterLedgers(ledgers, filter);
  const causes = sumCauses(chosen, request.period.timezone);
  const isWhole = session === undefined && !request.isDay;
  if (!isWhole) {
    const others = otherUnits(ledgers, request, session);
    return { causes, session: session ?? null, unusual: rankUnusual(chosen, others), simulation: null };
  }
  const counts = requestFilter(filter);
  const steps = [...rows]
    .filter(([thread]) => isOfThread(filter, thread))
    .map(([thread, own]) => toSteps(thread, own, counts))
    .filter((thread) => thread.steps.some(({ isPaid }) => isPaid));
  const simulation = simulate(steps, models, pricesOfToday(steps, models, request.now));
  return { causes, session: null, unusual: [], simulation };
}

function filterOf(
  { period, project, model, agent, branch }: WhyRequest,
  session: string | undefined,
): LedgerFilter {
  const { since, until } = period;
  return {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(session !== undefined && { session: (id) => id === session }),
    ...(project !== undefined && { project: globMatcher(project) }),
    ...(model !== undefined && { model: globMatcher(model) }),
    ...(agent !== undefined && { agent: (type) => type === agent }),
    ...(branch !== undefined && { branch: globMatcher(branch) }),
  };
}

function isOfThread({ project, agent }: LedgerFilter, thread: LedgerThread): boolean {
  const type = thread.agentId === "" ? "main" : thread.agentType || "unknown";
  return (!project || project(thread.project)) && (!agent || agent(type));
}

function requestFilter({ since = -Infinity, until = Infinity, model, branch }: LedgerFilter) {
  return (request: LedgerRequest): boolean =>
    request.at >= since &&
    request.at < until &&
    (!model || model(request.model)) &&
    (!branch || branch(request.branch ?? ""));
}

/** The other sessions, or the other days, each with its ledgers. */
function otherUnits(
  ledgers: readonly ThreadLedger[],
  { period, project, model, agent, branch, now }: WhyRequest,
  session: string | undefined,
): ThreadLedger[][] {
  const all = filterLedgers(
    ledgers,
    filterOf({ period: { timezone: period.timezone }, project, model, agent, branch, now }, undefined),
  );
  if (session !== undefined)
    return [...Map.groupBy(all, (ledger) => ledger.session)].flatMap(([id, own]) =>
      id === session ? [] : [own],
    );
  const own = dayOf(period.since ?? now, period.timezone);
  return daysIn(all, period.timezone).flatMap(([day, unit]) => (day === own ? [] : [unit]));
}

/** Ledgers by day. */
function daysIn(ledgers: readonly ThreadLedger[], timezone: string): [string, ThreadLedger[]][] {
  const days = new Map<string, ThreadLedger[]>();
  const dayOfQuarter = new Map<number, string>();
  const dayAt = (quarter: number): string => {
    let day = dayOfQuarter.get(quarter);
    if (day === undefined) dayOfQuarter.set(quarter, (day = dayOf(quarter * QUARTER_MS, timezone)));
    return day;
  };
  for (const ledger of ledgers) {
    const entries = Map.groupBy(ledger.entries, ({ quarter }) => dayAt(quarter));
    const counts = Map.groupBy(ledger.counts, ({ quarter }) => dayAt(quarter));
    for (const [day, own] of entries) {
      const part = { ...ledger, entries: own, counts: counts.get(day) ?? [], turns: [], losses: [] };
      days.set(day, [...(days.get(day) ?? []), part]);
    }
  }
  return [...days];
}
