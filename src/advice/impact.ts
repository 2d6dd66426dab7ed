import { DAY_MS } from "../domain/calendar.ts";
import type { Decision } from "../domain/decision.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import type { ModelTable } from "../models/resolve.ts";
import { type AdviceTask, knownOf, linkRedos } from "./failure.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { runsOn } from "./move.ts";
import { partName } from "./patch.ts";
import { normalQuantile } from "./statistics/normal.ts";
import { differenceOfRates, type Interval } from "./statistics/rates.ts";
import { reviewTrial, type TrialReview } from "./trial.ts";
import { costOf, costWithFailures, countVotes, isAt, type Unit, unitOf } from "./unit.ts";

/** The result of a forecast. */
export type ImpactVerdict = "held" | "fell-short" | "backfired" | "too-early";

/** One change that advice made, forecast against measured. */
export interface Impact {
  /** The advice as it was applied. */
  decision: Decision;
  /** Whether the forecast held. */
  verdict: ImpactVerdict;
  /** Tasks of the agent since then on what was proposed. */
  tasks: number;
  /** Tasks among them with a known outcome. */
  known: number;
  /** Dollars in 30 days and the change of success; undefined if there is too little to measure. */
  savingsUsdPerMonth: Interval | undefined;
  /** Change of the success rate, as shares; undefined if there is too little to measure. */
  successChange: Interval | undefined;
  /** If it is a trial that has not ended. */
  trial?: TrialReview;
}

/** Fewer known outcomes measure nothing. */
const LEAST = 10;
/** With so many, a forecast that is not reached has fallen short. */
const ENOUGH = 20;
/** Length of the time before the change that is compared. */
export const BEFORE_DAYS = 60;
/** Outcomes are few: advice rests on at least so many days, whatever period is shown. */
export const EVIDENCE_DAYS = 90;
const Z95 = normalQuantile(0.975);
/** Advice in force is looked at again and again: it backfires only if its latest tasks are surely worse. */
const SURELY_WORSE = 0.93;
const LATEST = 80;
const COST_SPREAD = 0.6;

const NONE = { accepted: 0, known: 0 };
/** Nothing is left of the time before. */
const UNKNOWN = { safe: 0, cheaper: 0, outcomes: { current: NONE, proposed: NONE } };

/** The facts that measuring needs besides tasks. */
export interface ImpactOptions {
  now: number;
  tolerance: number;
  decisions: readonly Decision[];
  table: ModelTable;
}

/** Measures an applied move on the agent's tasks before and after it; undefined for advice that moved nothing. */
export function measureImpact(
  decision: Decision,
  tasks: readonly AdviceTask[],
  options: ImpactOptions,
): Impact | undefined {
  const { current, proposed, trial } = decision.recommendation;
  if (!current || !proposed) return undefined;
  const arms = armsOf(decision, current, proposed, tasks);
  const { before, after, failureNano } = arms;
  const votes = countVotes(after);
  const days = Math.max(1, (options.now - decision.at) / DAY_MS);
  const change =
    votes.known >= LEAST && before.length > 0
      ? differenceOfRates([{ weight: 1, current: countVotes(before), proposed: votes }], Z95)
      : undefined;
  const [costBefore, costAfter] = [before, after].map((arm) => costWithFailures(arm, failureNano));
  const savings = change && savingsFrom((costBefore ?? 0) - (costAfter ?? 0), { ...arms, change }, days);
  const found = arms.forecastAfter(after, options);
  const review =
    trial && decision.step === "applied" ? reviewTrial(found ?? UNKNOWN, trial, days) : undefined;
  const latest = after.length > LATEST ? arms.forecastAfter(after.slice(-LATEST), options) : found;
  return {
    decision,
    verdict: verdictOf(decision, { known: votes.known, savings, worse: 1 - (latest?.safe ?? 1), review }),
    tasks: after.length,
    known: knownOf(after).length,
    savingsUsdPerMonth: savings,
    successChange: change,
    ...(review && { trial: review }),
  };
}

interface Arms {
  before: readonly AdviceTask[];
  after: readonly AdviceTask[];
  failureNano: number;
  /** Forecasts the move again, from what is known with so many of the tasks after it. */
  forecastAfter: (after: readonly AdviceTask[], options: ImpactOptions) => Forecast | undefined;
}

/** Divides an agent's tasks into those before and after a move, without those that did failed ones again. */
function armsOf(
  { at, recommendation: { subject, kind } }: Decision,
  current: ModelAtEffort,
  proposed: ModelAtEffort,
  tasks: readonly AdviceTask[],
): Arms {
  const redos = linkRedos(tasks);
  const { agent, category } = subject;
  const since = at - EVIDENCE_DAYS * DAY_MS;
  const isOwn = (task: AdviceTask) =>
    task.startedAt >= since &&
    !redos.all.has(task) &&
    (task.agent === agent ||
      (kind === "split-role" && task.agent === partName({ agent: agent ?? "", category }))) &&
    (category === null || task.categories.category === category);
  const own = tasks.filter(isOwn);
  const to = runsOn(proposed, { tiers: TIER_MODELS });
  const before = own.filter((task) => task.startedAt < at && isAt(task, current));
  const isAfter = (task: AdviceTask) => task.startedAt >= at && isAt(task, to);
  const unit = own.length > 0 ? unitOf(own, redos, category, current) : undefined;
  const rest = own.filter((task) => !isAfter(task));
  return {
    before,
    after: own.filter(isAfter),
    failureNano: unit?.failureNano ?? 0,
    forecastAfter: (after, options) =>
      unit && forecastFrom({ ...unit, tasks: [...rest, ...after] }, to, at, options),
  };
}

function forecastFrom(
  unit: Unit,
  to: ModelAtEffort,
  at: number,
  { tolerance, decisions, table }: ImpactOptions,
): Forecast | undefined {
  return forecast(unit, to, {
    table,
    tiers: TIER_MODELS,
    days: EVIDENCE_DAYS,
    tolerance,
    decisions: decisions.filter((one) => one.at < at),
  });
}

/** Savings in 30 days with the error of both mean costs and of the change of success at the price of a failure. */
function savingsFrom(
  perTask: number,
  { before, after, failureNano, change }: Arms & { change: Interval },
  days: number,
): Interval {
  const volume = (after.length / days) * 30;
  const costs = Z95 * Math.hypot(costError(before), costError(after));
  const mid = (volume * perTask) / 1e9;
  const reach = (points: number) => (volume * Math.hypot(costs, points * failureNano)) / 1e9;
  return { low: mid - reach(change.mid - change.low), mid, high: mid + reach(change.high - change.mid) };
}

function verdictOf(
  { recommendation }: Decision,
  {
    known,
    savings,
    worse,
    review,
  }: { known: number; savings: Interval | undefined; worse: number; review: TrialReview | undefined },
): ImpactVerdict {
  if (review?.verdict === "revert") return "backfired";
  if (!savings || review?.verdict === "running") return "too-early";
  if (worse > SURELY_WORSE || savings.high < 0) return "backfired";
  const { low } = recommendation.savingsUsdPerMonth;
  if (savings.mid >= low) return "held";
  return savings.high < low || known >= ENOUGH ? "fell-short" : "too-early";
}

/** The standard error of the mean cost of some tasks. */
function costError(tasks: readonly AdviceTask[]): number {
  return (COST_SPREAD * costOf(tasks)) / tasks.length / Math.sqrt(tasks.length);
}
