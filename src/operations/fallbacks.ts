import { type AttemptSpend, groupAttemptSpend } from "../analysis/attempt-spend.ts";
import { summarizeAttempts, type TierRuns } from "../analysis/fallbacks/attempts.ts";
import { type LatencySummary, summarizeLatency } from "../analysis/fallbacks/latency.ts";
import { reportGroups, reportTiers, type GroupReport, type TierReport } from "../analysis/fallbacks/tiers.ts";
import { makePanel, type Panel } from "../analysis/fallbacks/panel.ts";
import { compareScenarios, sumEscalated } from "../analysis/savings/savings.ts";
import type { PlanningShare, Side } from "../analysis/fallbacks/opusplan.ts";
import type { SessionAnalysis, Substitution, Trouble } from "../analysis/outcomes/session.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import { type Rate, wilson } from "../domain/rate.ts";
import { SWITCH_CAUSES, type Switch, type SwitchCause } from "../domain/switch.ts";
import { modelOf, readAttempts } from "../history/own-attempts.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { costUnder, readBills } from "./savings.ts";
import type { Filters } from "../history/filters.ts";

/** Escalations by tier, and reasons for model switches. */
export interface FallbackReport {
  /** The tasks of the period. */
  tasks: readonly JudgedTask[];
  /** Number of turns among them whose prompts are not in English. */
  foreign: number;
  /** Results of each tier. */
  tiers: readonly TierReport[];
  /** Results of each kind of work and each role. */
  groups: readonly GroupReport[];
  /** Tasks with an automatic switch for availability, of all tasks. */
  availabilityRate: Rate;
  /** Model switches by cause. */
  switches: Record<SwitchCause, number>;
  /** Each switch. */
  events: readonly Switch[];
  /** Cost of the switches in cache re-writes, by cause. */
  switchCostNano: Record<SwitchCause, NanoUsd>;
  /** Retries of the client, by error. */
  retries: readonly ErrorCount[];
  /** Errors that the client showed. */
  failures: readonly ErrorCount[];
  /** Time spent waiting for retries, in ms. */
  retryDelayMs: number;
  /** Requests that another model answered than was asked for. */
  substitutions: readonly Substitution[];
  /** Division of work in sessions with opusplan. */
  planning?: PlanningShare;
  /** The numbers of a "Sonnet first, Opus as fallback" strategy. */
  panel: Panel;
  /** The same for executor, cascades and batches. */
  attempts: AttemptReport;
}

/** The attempts of executor, cascades and batches. */
export interface AttemptReport {
  /** Attempts by source and model, without those that count in a transcript. */
  spend: readonly AttemptSpend[];
  /** Their runs by the tier that they began on, without runs that are judged as tasks of a transcript. */
  tiers: readonly TierRuns[];
  /** Of all runs. */
  latency: LatencySummary;
}

/** Retries or errors of one kind. */
export interface ErrorCount {
  /** The kind of error. */
  error: string;
  /** HTTP status. */
  status?: number;
  /** Number of occurrences. */
  count: number;
  /** Time that the client waited for it, in ms. */
  delayMs: number;
}

export function readFallbacks(history: OpenedHistory, period: Period, filters: Filters = {}): FallbackReport {
  const analyses = readJudged(history, period, filters);
  const tasks = analyses.flatMap((analysis) => analysis.tasks);
  const events = analyses
    .flatMap(({ switches }) => switches)
    .toSorted((a, b) => a.at - b.at || a.line - b.line);
  const retries = analyses.flatMap((analysis) => analysis.retries);
  const tiers = reportTiers(tasks);
  const planning = sumPlanning(analyses);
  const attempts = reportAttempts(history, period, filters);
  return {
    tasks,
    foreign: countForeign(analyses),
    tiers,
    groups: reportGroups(tasks),
    availabilityRate: wilson(
      tasks.filter(({ availabilityFallback }) => availabilityFallback).length,
      tasks.length,
    ),
    switches: perCause(events, () => 1),
    events,
    switchCostNano: perCause(events, ({ costNano }) => costNano),
    retries: countErrors(retries),
    failures: countErrors(analyses.flatMap((analysis) => analysis.failures)),
    retryDelayMs: sum(retries.map(({ delayMs }) => delayMs ?? 0)),
    substitutions: analyses.flatMap((analysis) => analysis.substitutions),
    ...(planning && { planning }),
    panel: panelOf(history, period, filters, tasks, tiers, attempts),
    attempts,
  };
}

function countForeign(analyses: readonly SessionAnalysis[]): number {
  return sum(
    analyses.map(({ tasks, foreign }) => tasks.filter(({ key }) => foreign?.includes(key) === true).length),
  );
}

function reportAttempts(history: OpenedHistory, period: Period, filters: Filters): AttemptReport {
  const { all, own } = readAttempts(history, period, filters);
  const unjudged = new Set(own);
  const judgedRuns = new Set(all.filter((attempt) => !unjudged.has(attempt)).map(({ run }) => run));
  return {
    spend: groupAttemptSpend(own, (attempt) => modelOf(attempt, history.models)),
    tiers: summarizeAttempts(
      own.filter(({ run }) => !judgedRuns.has(run)),
      history.models,
    ).tiers,
    latency: summarizeLatency(all),
  };
}

function perCause(events: readonly Switch[], value: (event: Switch) => number): Record<SwitchCause, number> {
  const sums = Object.fromEntries(SWITCH_CAUSES.map((cause) => [cause, 0])) as Record<SwitchCause, number>;
  for (const event of events) sums[event.cause] += value(event);
  return sums;
}

function countErrors(troubles: readonly Trouble[]): ErrorCount[] {
  const kinds = Map.groupBy(troubles, ({ error, status }) => `${status ?? ""} ${error}`);
  return [...kinds.values()]
    .map((same) => ({
      error: same[0]?.error ?? "",
      ...(same[0]?.status !== undefined && { status: same[0].status }),
      count: same.length,
      delayMs: sum(same.map(({ delayMs }) => delayMs ?? 0)),
    }))
    .sort((a, b) => b.count - a.count);
}

function sumPlanning(analyses: readonly SessionAnalysis[]): PlanningShare | undefined {
  const shares = analyses.flatMap(({ planning }) => (planning ? [planning] : []));
  if (shares.length === 0) return undefined;
  const add = (pick: (share: PlanningShare) => Side): Side => ({
    requests: sum(shares.map((share) => pick(share).requests)),
    costNano: sum(shares.map((share) => pick(share).costNano)),
  });
  return {
    planned: { opus: add(({ planned }) => planned.opus), sonnet: add(({ planned }) => planned.sonnet) },
    executed: { opus: add(({ executed }) => executed.opus), sonnet: add(({ executed }) => executed.sonnet) },
  };
}

function panelOf(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  tasks: readonly JudgedTask[],
  tiers: readonly TierReport[],
  attempts: AttemptReport,
): Panel {
  const bills = readBills(history, period, filters);
  const scenarios = compareScenarios(bills, history.models);
  const alwaysOpusNano = costUnder("always-opus", scenarios);
  const ofTasks = tiers.find(({ tier }) => tier === "sonnet");
  const ofRuns = attempts.tiers.find(({ tier }) => tier === "sonnet");
  const [started, runs] = [ofTasks?.started ?? 0, ofRuns?.started ?? 0];
  const accepted = (ofTasks?.outcomes.accepted ?? 0) + (ofRuns?.accepted ?? 0);
  const known = started - (ofTasks?.outcomes.unknown ?? 0) + runs - (ofRuns?.interrupted ?? 0);
  const escalated = tasks.filter(
    ({ startTier, outcome }) => startTier === "sonnet" && outcome === "escalated",
  );
  const counts = {
    calls: sum(bills.map(({ bill }) => bill.requests)),
    sonnetAttempts: started + runs,
    sonnetRuns: runs,
    sonnetKnown: known,
    opusFallbacks: escalated.length + (ofRuns?.escalated ?? 0),
    actualNano: costUnder("actual", scenarios),
    alwaysOpusNano,
    withoutEscalatedNano: alwaysOpusNano - sumEscalated(tasks, history.models).onOpusNano,
  };
  return makePanel(counts, wilson(accepted, known));
}
