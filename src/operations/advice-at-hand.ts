import { besideTried, isTrialOf } from "../advice/change-trials.ts";
import { besideChanges, settledBy, toChangeAdvice } from "../advice/join-changes.ts";
import type { ChangeAdvice, ChangeDecision } from "../domain/change-decision.ts";
import type { OtherAdvice, Simulation } from "../analysis/simulate/waterfall.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import type { Filters } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readChangeDecisions } from "../store/change-decisions.ts";
import { isInForce } from "./follow-change.ts";
import { decisionsAt } from "./impact.ts";
import { type AdviceReport, readAdvice } from "./recommend.ts";
import { recallSimulation, type SimulationRequest } from "./simulated-savings.ts";

/** Advice of both kinds as one list: each dollar is claimed once. */
export interface OpenAdvice extends AdviceReport {
  /** From simulations on the history, the largest saving first. */
  changes: readonly ChangeAdvice[];
}

/**
 * Returns the advice that `readAdviceList` would, if the simulation behind it is known, or cheap because the history is small; otherwise
 * undefined.
 */
export async function readAdviceAtHand(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters,
  requests: number,
): Promise<OpenAdvice | undefined> {
  if (requests <= FEW_REQUESTS)
    return (await import("./advice-list.ts")).readAdviceList(history, period, now, filters);
  const report = readAdvice(history, period, now, filters);
  if (isOfRole(filters)) return joinAdvice(history, report, undefined);
  const simulation = recallSimulation(history, requestOf(period, now, filters), settledHere(history, report));
  return simulation && joinAdvice(history, report, simulation);
}

/** Requests whose ledgers and simulation take less than half a second. */
const FEW_REQUESTS = 1000;

const MOST_CHANGES = 5;

/** Simulations know agent types and no roles. */
export function isOfRole({ role }: Filters): boolean {
  return role !== undefined && role !== "main";
}

/** Returns the requests that a simulation is about. */
export function requestOf(period: Period, now: number, { role, ...filters }: Filters): SimulationRequest {
  return { ...filters, ...(role === "main" && { agent: "main" }), period, now };
}

/** Returns the changes that simulations leave to other advice, or to trials that are running or ended. */
export function settledHere(history: OpenedHistory, report: AdviceReport): OtherAdvice {
  return besideTried(settledBy(report), decisionsAt(history));
}

/** Returns the advice on outcomes and that of a simulation as one list. */
export function joinAdvice(
  history: OpenedHistory,
  report: AdviceReport,
  simulation: Simulation | undefined,
): OpenAdvice {
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
