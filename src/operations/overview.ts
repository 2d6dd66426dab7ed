import { DAY_MS, dayOf } from "../domain/calendar.ts";
import { compareText } from "../domain/compare.ts";
import { reportTiers, type TierReport } from "../analysis/fallbacks/tiers.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { type Period, periodOfDays } from "../domain/period.ts";
import { type Filters, projectName, toWhere } from "../history/filters.ts";
import { readJudged } from "../history/judged.ts";
import { rememberJudged } from "../history/judged-answers.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { type SpendSum, sumSpend } from "../store/spend-sums.ts";
import { type OpenAdvice, readAdviceAtHand } from "./advice-at-hand.ts";
import { sumAttempts, TRANSCRIPTS } from "./attempt-sums.ts";
import { compareWithOpus, readBills } from "./savings.ts";
import { readSpend, type SpendReport } from "./spend.ts";

/** One screen of everything: what it cost, what that saved, how the tiers did, what to change. */
export interface Overview {
  byModel: SpendReport;
  /** By transcripts, executor, cascades and batches. */
  bySource: readonly SourceSpend[];
  sessions: number;
  projects: number;
  /** The projects of the highest cost, highest first. */
  topProjects: readonly ProjectSpend[];
  /** Undefined if the period ends before now. */
  recent: RecentSpend | undefined;
  alwaysOpusNano: NanoUsd;
  savingsNano: NanoUsd;
  savingsShare: number | null;
  costPerActiveDayNano: NanoUsd;
  /** Cost of each day of the period's time zone, from the first to the last with activity. */
  days: readonly { day: string; costNano: NanoUsd }[];
  tiers: readonly TierReport[];
  /** The list of `rolecall recommend`; undefined where making it would take long. */
  advice: OpenAdvice | undefined;
}

/** The spend of one source of requests. */
export interface SourceSpend {
  source: string;
  requests: number;
  costNano: NanoUsd;
}

/** The cost since the beginnings of this day and of this month, in the period's time zone. */
interface RecentSpend {
  todayNano: NanoUsd;
  monthNano: NanoUsd;
}

/** The cost of one project. */
interface ProjectSpend {
  project: string;
  costNano: NanoUsd;
}

/** Reads each table once, and only what the screen shows. */
export async function readOverview(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  now: number,
): Promise<Overview> {
  const byModel = readSpend(history, ["model"], period, filters);
  const places = sumSpend(history.store, ["session", "project", "day"], period, toWhere(history, filters));
  const projects = projectsOf(places);
  const { actualNano, alwaysOpusNano, days } = compareWithOpus(readBills(history, period, filters), history);
  const savingsNano = alwaysOpusNano - actualNano;
  return {
    byModel,
    bySource: bySource(history, period, filters, byModel.total),
    sessions: new Set(places.map(({ values }) => values.session)).size,
    projects: projects.length,
    topProjects: projects.slice(0, TOP),
    recent: period.until === undefined ? readRecent(history, period, filters, now) : undefined,
    alwaysOpusNano,
    savingsNano,
    savingsShare: alwaysOpusNano === 0 ? null : savingsNano / alwaysOpusNano,
    costPerActiveDayNano: days.length === 0 ? 0 : actualNano / days.length,
    days: daysOf(places),
    tiers: readTiers(history, period, filters),
    advice: await readAdviceAtHand(history, period, now, filters, byModel.total.requests),
  };
}

function readTiers(history: OpenedHistory, period: Period, filters: Filters): TierReport[] {
  const { policy } = history; // names the roles of tasks
  return rememberJudged(history, period.since ?? 0, ["tiers", period, filters, policy], () =>
    reportTiers(readJudged(history, period, filters).flatMap((analysis) => analysis.tasks)),
  );
}

const TOP = 3;

function projectsOf(sums: readonly SpendSum<"session" | "project" | "day">[]): ProjectSpend[] {
  return [...Map.groupBy(sums, ({ values }) => projectName(String(values.project)))]
    .map(([project, own]) => ({ project, costNano: sum(own.map(({ cost }) => cost)) }))
    .toSorted((a, b) => b.costNano - a.costNano || compareText(a.project, b.project));
}

function readRecent(
  history: OpenedHistory,
  { timezone }: Period,
  filters: Filters,
  now: number,
): RecentSpend {
  const today = dayOf(now, timezone);
  const month = periodOfDays(`${today.slice(0, 8)}01`, undefined, timezone);
  const days = [
    ...sumSpend(history.store, ["day"], month, toWhere(history, filters)),
    ...sumAttempts(history, month, filters),
  ];
  const since = Date.parse(today) / DAY_MS;
  const ofToday = days.filter(({ values }) => Number(values.day) >= since);
  return { todayNano: sum(ofToday.map(({ cost }) => cost)), monthNano: sum(days.map(({ cost }) => cost)) };
}

function daysOf(sums: readonly SpendSum<"session" | "project" | "day">[]): Overview["days"] {
  const costs = new Map<number, NanoUsd>();
  for (const { values, cost } of sums) {
    const day = Number(values.day);
    costs.set(day, (costs.get(day) ?? 0) + (cost ?? 0));
  }
  const first = Math.min(...costs.keys());
  return Array.from({ length: costs.size === 0 ? 0 : Math.max(...costs.keys()) - first + 1 }, (_, index) => ({
    day: dayOf((first + index) * DAY_MS, "UTC"),
    costNano: costs.get(first + index) ?? 0,
  }));
}

function bySource(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  total: SpendReport["total"],
): SourceSpend[] {
  const groups = Map.groupBy(sumAttempts(history, period, filters), ({ source }) => source);
  const attempts = [...groups].map(([source, sums]) => ({
    source,
    requests: sum(sums.map(({ requests }) => requests)),
    costNano: sum(sums.map(({ cost }) => cost)),
  }));
  const transcripts = {
    source: TRANSCRIPTS,
    requests: total.requests - sum(attempts.map(({ requests }) => requests)),
    costNano: total.costNano - sum(attempts.map(({ costNano }) => costNano)),
  };
  const all = transcripts.requests > 0 ? [transcripts, ...attempts] : attempts;
  return all.toSorted((a, b) => b.costNano - a.costNano);
}
