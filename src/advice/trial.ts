import type { TrialPlan } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import { knownOf } from "./compare.ts";

/** A trial is about harm that people would notice: so many points of success, or none. */
const HARM = 0.12;
/** Chance of taking back a good candidate, and of keeping a harmful one. */
const ERROR = 0.1;
/** Runs: enough for the test to come to an end mostly, few enough to be over soon. */
const MOST_RUNS = 60;
const LEAST_RUNS = 20;

export type TrialVerdict = "keep" | "take-back" | "running";

/** What the role did before the trial. */
export interface Baseline {
  /** Success rate as observed. */
  rate: number;
  /** Mean cost of a task. */
  costNano: number;
}

/** Where a trial stands. */
export interface TrialReview {
  verdict: TrialVerdict;
  accepted: number;
  known: number;
  /** Log of how much likelier the outcomes are under harm than under no change; it ends at `±limit`. */
  evidence: number;
  limit: number;
}

/** The size and stop rule of a trial against a success rate of `baseline`, as observed, with `monthlyTasks` a month. */
export function planTrial(baseline: number, monthlyTasks: number): TrialPlan {
  const tasks = Math.min(MOST_RUNS, Math.max(LEAST_RUNS, Math.round(monthlyTasks / 2)));
  return { tasks, stopAfter: failuresNotByChance(tasks, 1 - hold(baseline)) };
}

/**
 * Wald's sequential probability ratio test (Wald 1945) on the outcomes so far: no change against a loss of `HARM`. Where
 * the trial's size runs out first, the likelier of the two wins; its stop rule takes it back at once. What makes an accepted
 * task no cheaper is not kept either.
 */
export function reviewTrial(runs: readonly Task[], baseline: Baseline, plan: TrialPlan): TrialReview {
  const known = knownOf(runs).toSorted((a, b) => a.startedAt - b.startedAt);
  const [same, harmed] = [hold(baseline.rate), Math.max(0.02, hold(baseline.rate) - HARM)];
  const limit = Math.log((1 - ERROR) / ERROR);
  const review = { accepted: 0, known: 0, evidence: 0, limit };
  for (const task of known) {
    const hit = task.outcome === "accepted";
    review.known += 1;
    review.accepted += hit ? 1 : 0;
    review.evidence += hit ? Math.log(harmed / same) : Math.log((1 - harmed) / (1 - same));
    const verdict = verdictOf(review, plan);
    if (verdict === "keep" && !isCheaper(runs, review, baseline)) return { ...review, verdict: "take-back" };
    if (verdict !== "running") return { ...review, verdict };
  }
  return { ...review, verdict: "running" };
}

function verdictOf(review: Omit<TrialReview, "verdict">, plan: TrialPlan): TrialVerdict {
  const failed = review.known - review.accepted;
  if (failed >= plan.stopAfter || review.evidence >= review.limit) return "take-back";
  if (review.evidence <= -review.limit) return "keep";
  if (review.known < plan.tasks) return "running";
  return review.evidence > 0 ? "take-back" : "keep";
}

/** Whether an accepted task became cheaper: what the trial was for. */
function isCheaper(
  runs: readonly Task[],
  { accepted, known }: Pick<TrialReview, "accepted" | "known">,
  baseline: Baseline,
): boolean {
  const cost = runs.reduce((sum, task) => sum + task.costNano, 0) / runs.length;
  return cost / (accepted / known) < baseline.costNano / baseline.rate;
}

function hold(rate: number): number {
  return Math.min(0.97, Math.max(0.2, rate));
}

/** The least number of failures in `runs` that a failure rate of `rate` reaches with a chance below `ERROR`. */
function failuresNotByChance(runs: number, rate: number): number {
  let [chance, below] = [(1 - rate) ** runs, 0];
  for (let failures = 0; failures <= runs; failures++) {
    if (1 - below < ERROR) return Math.max(2, failures);
    below += chance;
    chance *= ((runs - failures) / (failures + 1)) * (rate / (1 - rate));
  }
  return runs;
}
