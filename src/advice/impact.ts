import type { Decision } from "../domain/decision.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { anchorOf } from "./anchor.ts";
import { type AdviceTask, knownOf, linkRedos } from "./failure.ts";
import { runsOn } from "./move.ts";
import { partName } from "./patch.ts";
import { normalQuantile } from "./statistics/normal.ts";
import { differenceOfRates, type Interval } from "./statistics/rates.ts";
import { probablyWorse, reviewTrial, type TrialReview } from "./trial.ts";
import { costOf, costWithFailures, countVotes, isAt, unitOf } from "./unit.ts";

/** What became of a forecast. */
export type ImpactVerdict = "held" | "fell-short" | "backfired" | "too-early";

/** One change that advice made, forecast against measured. */
export interface Impact {
  decision: Decision;
  verdict: ImpactVerdict;
  /** Tasks of the agent since then on what was proposed. */
  tasks: number;
  known: number;
  /** Dollars in 30 days and the change of success; undefined if there is too little to measure. */
  savingsUsdPerMonth: Interval | undefined;
  successChange: Interval | undefined;
  /** If it is a trial that has not ended. */
  trial?: TrialReview;
}

/** Fewer known outcomes measure nothing. */
const LEAST = 10;
/** With so many, a forecast that is not reached has fallen short. */
const ENOUGH = 20;
const DAY_MS = 86_400_000;
/** How much of the time before the change is compared with. */
export const BEFORE_DAYS = 60;
const Z95 = normalQuantile(0.975);
/** Advice in force is looked at again and again: it backfires only if its latest tasks are surely worse. */
const SURELY_WORSE = 0.97;
const LATEST = 80;
const COST_SPREAD = 0.6;

/** Measures an applied move on the agent's tasks before and after it; undefined for advice that moved nothing. */
export function measureImpact(
  decision: Decision,
  tasks: readonly AdviceTask[],
  options: { now: number; tolerance: number; decisions: readonly Decision[] },
): Impact | undefined {
  const { current, proposed } = decision.recommendation;
  if (!current || !proposed) return undefined;
  const { before, after, failureNano } = armsOf(decision, current, proposed, tasks);
  const [votesBefore, votesAfter] = [countVotes(before), countVotes(after)];
  const anchor = anchorOf(decision.recommendation.subject, options.decisions, decision.at) ?? votesBefore;
  const days = Math.max(1, (options.now - decision.at) / DAY_MS);
  const known = votesAfter.known;
  const measured = known >= LEAST && before.length > 0;
  const change = measured
    ? differenceOfRates([{ weight: 1, current: votesBefore, proposed: votesAfter }], Z95)
    : undefined;
  const [costBefore, costAfter] = [before, after].map((arm) => costWithFailures(arm, failureNano));
  const savings =
    change && savingsFrom((costBefore ?? 0) - (costAfter ?? 0), { before, after, failureNano, change }, days);
  const { trial } = decision.recommendation;
  const review =
    trial && decision.step === "applied"
      ? reviewTrial(
          { votes: anchor, costNano: costBefore ?? 0 },
          { votes: votesAfter, costNano: costAfter ?? 0 },
          trial,
          { tolerance: options.tolerance, days },
        )
      : undefined;
  const worse = probablyWorse(anchor, countVotes(after.slice(-LATEST)), options.tolerance);
  return {
    decision,
    verdict: verdictOf(decision, { known, savings, worse, review }),
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
}

/** The tasks of both sides, without those that did failed ones again, and what a failure costs. */
function armsOf(
  { at, recommendation: { subject, kind } }: Decision,
  current: ModelAtEffort,
  proposed: ModelAtEffort,
  tasks: readonly AdviceTask[],
): Arms {
  const redos = linkRedos(tasks);
  const { agent, category } = subject;
  const isOwn = (task: AdviceTask) =>
    !redos.all.has(task) &&
    (task.agent === agent ||
      (kind === "split-role" && task.agent === partName({ agent: agent ?? "", category }))) &&
    (category === null || task.categories.category === category);
  const own = tasks.filter(isOwn);
  const since = at - BEFORE_DAYS * DAY_MS;
  const before = own.filter((task) => task.startedAt >= since && task.startedAt < at && isAt(task, current));
  const to = runsOn(proposed, { tiers: TIER_MODELS });
  const after = own.filter((task) => task.startedAt >= at && isAt(task, to));
  const { failureNano } = own.length > 0 ? unitOf(own, redos, category, current) : { failureNano: 0 };
  return { before, after, failureNano };
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
