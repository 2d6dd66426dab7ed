import { besideTried, isTrialOf } from "../advice/change-trials.ts";
import { besideChanges, settledBy, toChangeAdvice } from "../advice/join-changes.ts";
import { type ChangeAdvice, type ChangeDecision, isSafe } from "../domain/change-decision.ts";
import type { OtherAdvice, Simulation } from "../analysis/simulate/waterfall.ts";
import type { CostCauses } from "../domain/cost-causes.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import { type Filters, toWhere } from "../history/filters.ts";
import { updateLedgers } from "../history/ledgers.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readChangeDecisions, writeChangeDecisions } from "../store/change-decisions.ts";
import { sumSpend } from "../store/spend-sums.ts";
import { type ChangeImpact, readChangeImpacts } from "./change-impact.ts";
import { isInForce } from "./follow-change.ts";
import { decisionsAt } from "./impact.ts";
import { type AdviceReport, readAdvice } from "./recommend.ts";
import { recallSimulation, readSimulation, type SimulationRequest } from "./simulated-savings.ts";
import { readWhy } from "./why.ts";

/** All advice of a period: each dollar is claimed once. */
export interface AdviceList extends AdviceReport {
  /** From simulations on the history, the largest saving first. */
  changes: readonly ChangeAdvice[];
  /** Changes that are in force: what came of them so far. */
  followingChanges: readonly ChangeImpact[];
  /** Cost of the period by cause; only if there is no advice. */
  causes: CostCauses | null;
  /** The period that is usual gives other advice. */
  differsFromUsual?: boolean;
}

const MOST_CHANGES = 5;

/** Reads the advice on outcomes and the changes that simulations advise as one list. */
export function readAdviceList(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters = {},
): AdviceList {
  const report = readAdvice(history, period, now, filters);
  updateLedgers(history.store, history.models, period.since);
  const request = requestOf(period, now, filters);
  const simulation = isOfRole(filters)
    ? undefined
    : readSimulation(history, request, settledHere(history, report));
  const list = joinAdvice(history, report, simulation);
  const isEmpty = list.changes.length === 0 && list.recommendations.length === 0;
  return {
    ...list,
    followingChanges: readChangeImpacts(history, now).filter(({ isInForce }) => isInForce),
    causes: isEmpty ? readWhy(history, { ...request, onlyCauses: true }).causes : null,
  };
}

/** The advice of a list, without what became of earlier advice. */
export type OpenAdvice = Pick<AdviceList, "recommendations" | "changes" | "totalUsdPerMonth" | "left">;

/**
 * Returns the advice that `readAdviceList` would, if the simulation behind it is known, or cheap because the history is small; otherwise
 * undefined.
 */
export function readAdviceAtHand(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters,
  requests: number,
): OpenAdvice | undefined {
  if (requests <= FEW_REQUESTS) return readAdviceList(history, period, now, filters);
  const report = readAdvice(history, period, now, filters);
  if (isOfRole(filters)) return joinAdvice(history, report, undefined);
  const simulation = recallSimulation(history, requestOf(period, now, filters), settledHere(history, report));
  return simulation && joinAdvice(history, report, simulation);
}

/**
 * Returns whether another period, the one that is usual, gives other advice than a list. Only what is known or cheap is compared, as in
 * `readAdviceAtHand`; false if that period has no task.
 */
export function differsFromUsual(
  history: OpenedHistory,
  list: OpenAdvice,
  { period, usual, now, filters }: { period: Period; usual: Period; now: number; filters: Filters },
): boolean {
  if (period.since === usual.since && period.until === usual.until) return false;
  if (readAdvice(history, usual, now, filters).tasks === 0) return false;
  const [spent] = sumSpend(history.store, [], usual, toWhere(history, filters));
  const other = readAdviceAtHand(history, usual, now, filters, spent?.requests ?? 0);
  return other !== undefined && idsOf(other) !== idsOf(list);
}

function idsOf({ recommendations, changes }: OpenAdvice): string {
  return [...recommendations, ...changes]
    .map(({ id }) => id)
    .toSorted()
    .join(" ");
}

/** Returns the changes that simulations leave to other advice, or to trials that are running or ended. */
function settledHere(history: OpenedHistory, report: AdviceReport): OtherAdvice {
  return besideTried(settledBy(report), decisionsAt(history));
}

/** Requests whose ledgers and simulation take less than half a second. */
const FEW_REQUESTS = 1000;

/** Simulations know agent types and no roles. */
function isOfRole({ role }: Filters): boolean {
  return role !== undefined && role !== "main";
}

function requestOf(period: Period, now: number, { role, ...filters }: Filters): SimulationRequest {
  return { ...filters, ...(role === "main" && { agent: "main" }), period, now };
}

function joinAdvice(
  history: OpenedHistory,
  report: AdviceReport,
  simulation: Simulation | undefined,
): Omit<AdviceList, "followingChanges" | "causes"> {
  const decisions = readChangeDecisions(history.store);
  const tried = decisionsAt(history);
  const found = simulation ? toChangeAdvice(simulation) : [];
  const open = found.filter(
    (advice) =>
      !decisions.some((decision) => isHandled(advice, decision)) &&
      !tried.some((decision) => isTrialOf(advice, decision)),
  );
  const changes = open.slice(0, MOST_CHANGES);
  const recommendations = simulation
    ? besideChanges(report.recommendations, simulation)
    : report.recommendations;
  return {
    ...report,
    recommendations,
    changes,
    totalUsdPerMonth: totalOf(recommendations, changes),
    left: report.left + open.length - changes.length,
    dismissed: report.dismissed + found.length - open.length,
  };
}

/** Advice that is in force, or that was dismissed or reverted while it promised about as much. */
function isHandled({ id, savingsUsdPerMonth }: ChangeAdvice, decision: ChangeDecision): boolean {
  if (decision.id !== id) return false;
  if (decision.step === "applied") return isInForce(decision);
  return savingsUsdPerMonth.mid <= 1.5 * decision.advice.savingsUsdPerMonth.mid;
}

/** Adds up dollars: the errors of measured advice are independent, those of simulated changes rest on the same assumptions. */
function totalOf(
  recommendations: readonly Recommendation[],
  changes: readonly ChangeAdvice[],
): AdviceReport["totalUsdPerMonth"] {
  const all = [...recommendations, ...changes].map(({ savingsUsdPerMonth }) => savingsUsdPerMonth);
  const mid = sum(all.map((one) => one.mid));
  const errorOf = (side: "low" | "high"): number =>
    Math.hypot(...recommendations.map(({ savingsUsdPerMonth: usd }) => usd[side] - usd.mid)) +
    sum(changes.map(({ savingsUsdPerMonth: usd }) => Math.abs(usd[side] - usd.mid)));
  return { low: mid - errorOf("low"), mid, high: mid + errorOf("high") };
}

/** Advice that was named: changes, those among them that are trials, and the ids of the rest. */
export interface PickedAdvice {
  changes: readonly ChangeAdvice[];
  trials: readonly ChangeAdvice[];
  others: readonly string[];
}

/** Separates the changes among named advice, and their trials, from the rest. `all-act` stands for every change without a trial and with little risk as well. */
export function pickChanges({ changes }: Pick<AdviceList, "changes">, ids: readonly string[]): PickedAdvice {
  const isNamed = (change: ChangeAdvice) =>
    ids.includes(change.id) || (ids.includes("all-act") && isSafe(change));
  return {
    changes: changes.filter((change) => isNamed(change) && !change.isTrial),
    trials: changes.filter((change) => isNamed(change) && change.isTrial),
    others: ids.filter((id) => !changes.some((change) => change.id === id)),
  };
}

/** One piece of advice of either kind. */
export type AdviceEntry = { change: ChangeAdvice } | { recommendation: Recommendation };

/** Returns the one piece of advice of an id. Throws UsageError for an unknown id. */
export function pickOne(list: AdviceList, id: string): AdviceEntry {
  const change = list.changes.find((one) => one.id === id);
  if (change) return { change };
  const recommendation = list.recommendations.find((one) => one.id === id);
  if (recommendation) return { recommendation };
  const ids = [...list.changes, ...list.recommendations].map((one) => one.id);
  throw new UsageError(`recommend: unknown ID "${id}"`, {
    hint: ids.length > 0 ? expectOneOf(id, ids) : "Try rolecall recommend: it lists what there is.",
  });
}

/** Remembers that changes are not wanted. */
export function dismissChanges({ store }: OpenedHistory, changes: readonly ChangeAdvice[], at: number): void {
  writeChangeDecisions(
    store,
    changes.map((advice) => ({
      id: advice.id,
      step: "dismissed",
      at,
      advice,
      level: "user",
      root: "",
      writes: [],
    })),
  );
}
