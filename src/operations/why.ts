import { sumCauses } from "../analysis/ledger/cost-causes.ts";
import { filterLedgers, type LedgerFilter } from "../analysis/ledger/filter.ts";
import { rankUnusual } from "../analysis/ledger/unusual.ts";
import type { Simulation } from "../analysis/simulate/waterfall.ts";
import { dayOf } from "../domain/calendar.ts";
import type { CostCauses, Unusual } from "../domain/cost-causes.ts";
import { modelMatcher, pathMatcher } from "../domain/name-pattern.ts";
import { QUARTER_MS, type ThreadLedger } from "../domain/ledger.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import { projectName } from "../history/filters.ts";
import { remember } from "../history/ledger-answers.ts";
import { readThreadLedgers, updateLedgers } from "../history/ledgers.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readWithoutLedger } from "../store/ledger-requests.ts";
import { readTitle } from "../transcripts/title.ts";
import { findOneSession } from "./find-session.ts";
import { readSimulation } from "./simulated-savings.ts";

/** The question to `why`. */
export interface WhyRequest {
  period: Period;
  /** Start of a session's ID, or words of its title or first prompt. */
  session?: string | undefined;
  project?: string | undefined;
  model?: string | undefined;
  agent?: string | undefined;
  branch?: string | undefined;
  /** Compares with the other days: the period is one day. */
  isDay?: boolean;
  /** Leaves out what would change it. */
  onlyCauses?: boolean;
  /** ms since the epoch. */
  now: number;
}

/** The causes of a cost, and the changes that would reduce it. */
export interface WhyReport {
  causes: CostCauses;
  /** The id of the session that was asked about. */
  session: string | null;
  /** In what it differs from the user's own median; for one session or one day only. */
  unusual: readonly (Unusual & { title: string })[];
  /** Null for one session or one day: they are too short to advise from. */
  simulation: Simulation | null;
  /** Transcripts that were gone before their content was read: the causes leave them out. */
  without: { transcripts: number; nano: number };
}

/** Explains why a period or a session costs what it costs. Throws UsageError if no session, or more than one, matches. */
export function readWhy(history: OpenedHistory, request: WhyRequest): WhyReport {
  updateLedgers(history.store, history.models, ledgersFrom(request));
  if (request.session !== undefined || request.isDay) return compare(history, request);
  const { now: _now, onlyCauses, ...question } = request;
  const { causes, without } = remember(history, ["causes", question, history.config.weekStart], () => {
    const filter = filterOf(request, undefined);
    const chosen = filterLedgers(readThreadLedgers(history), filter);
    return {
      causes: sumCauses(chosen, request.period.timezone, history.config.weekStart),
      without: sumWithout(history, filter),
    };
  });
  const simulation = onlyCauses ? null : readSimulation(history, request);
  return { causes, session: null, unusual: [], simulation, without };
}

/** Returns the time (ms since the epoch) from which on the ledgers are needed: of all requests, to compare a session or a day with them. */
export function ledgersFrom({
  period,
  session,
  isDay,
}: Pick<WhyRequest, "period" | "session" | "isDay">): number {
  return session !== undefined || isDay ? 0 : (period.since ?? 0);
}

const WHY = {
  subject: "why",
  expected: "a day (yesterday, 2026-11-20), a span (7d), the start of an ID, or words of a title",
};

/** Compares one session or one day with the others. */
function compare(history: OpenedHistory, request: WhyRequest): WhyReport {
  const ledgers = readThreadLedgers(history);
  const among = [...new Set(ledgers.map(({ session: id }) => id))];
  const session =
    request.session === undefined ? undefined : findOneSession(history, request.session, { ...WHY, among });
  const filter = filterOf(request, session);
  const chosen = filterLedgers(ledgers, filter);
  const unusual = rankUnusual(chosen, otherUnits(ledgers, request, session)).map((one) => ({
    ...one,
    title: readTitle(one.place.file),
  }));
  return {
    causes: sumCauses(chosen, request.period.timezone, history.config.weekStart),
    session: session ?? null,
    unusual,
    simulation: null,
    without: sumWithout(history, filter),
  };
}

/** Adds up what a filter lets through of transcripts without a ledger. */
function sumWithout({ store, accounts }: OpenedHistory, filter: LedgerFilter): WhyReport["without"] {
  const { since = -Infinity, until = Infinity, session, project, agent, model, branch } = filter;
  const rows = readWithoutLedger(store, accounts).filter(
    (row) =>
      row.quarter * QUARTER_MS >= since &&
      row.quarter * QUARTER_MS < until &&
      (!session || session(row.session)) &&
      (!project || project(projectName(row.project))) &&
      (!agent || agent(row.agent)) &&
      (!model || model(row.model)) &&
      (!branch || branch(row.branch)),
  );
  return { transcripts: new Set(rows.map(({ file }) => file)).size, nano: sum(rows.map(({ nano }) => nano)) };
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
    ...(project !== undefined && { project: pathMatcher(project) }),
    ...(model !== undefined && { model: modelMatcher(model) }),
    ...(agent !== undefined && { agent: (type) => type === agent }),
    ...(branch !== undefined && { branch: pathMatcher(branch) }),
  };
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
  for (const ledger of ledgers)
    for (const [day, slots] of Map.groupBy(ledger.slots, ({ quarter }) => dayAt(quarter)))
      days.set(day, [...(days.get(day) ?? []), { ...ledger, slots, turns: [], losses: [] }]);
  return [...days];
}
