import type { TrialPlan } from "../domain/recommendation.ts";
import { PRIOR } from "./forecast.ts";
import { normalShare } from "./statistics/normal.ts";
import type { Count } from "./statistics/rates.ts";

/** Known outcomes that a trial wants: half a month's, within these. */
const LEAST_RUNS = 25;
const MOST_RUNS = 60;
/** From so many known outcomes on, a trial ends at once if it is probably worse. */
const FIRST_LOOK = 8;
const CLEARLY_WORSE = 0.85;
/** At its end a trial is kept if it is not more probably worse than this, and cheaper by at least a twentieth. */
const PROBABLY_WORSE = 0.55;
const CHEAPER = 0.95;
/** Days after which a trial without enough known outcomes is reverted. */
const MOST_DAYS = 90;

/** How a trial stands. */
export interface TrialReview {
  verdict: "keep" | "revert" | "running";
  accepted: number;
  known: number;
  /** Probability that the success rate is lower than before by more than the tolerance. */
  worse: number;
  /** Cost of a task ÷ that before, failures included at what their redos cost. */
  costRatio: number;
  /** One sentence. */
  why: string;
}

/** Outcomes of tasks, and the cost of one with its failures. */
export interface Arm {
  votes: Count;
  costNano: number;
}

/** Plans a trial of a unit with so many known outcomes a month. */
export function planTrial(before: Count, monthlyKnown: number, tolerance: number): TrialPlan {
  const tasks = Math.min(MOST_RUNS, Math.max(LEAST_RUNS, Math.round(monthlyKnown / 2)));
  let stopAfter = 1;
  while (stopAfter < FIRST_LOOK && probablyWorse(before, failing(stopAfter), tolerance) <= CLEARLY_WORSE)
    stopAfter++;
  return { tasks, stopAfter, firstLook: FIRST_LOOK };
}

function failing(failed: number): Count {
  return { accepted: FIRST_LOOK - failed, known: FIRST_LOOK };
}

/** Decides a trial by its outcomes so far, in order of time. */
export function reviewTrial(
  before: Arm,
  after: Arm,
  plan: TrialPlan,
  { tolerance, days }: { tolerance: number; days: number },
): TrialReview {
  const { accepted, known } = after.votes;
  const worse = probablyWorse(before.votes, after.votes, tolerance);
  const costRatio = before.costNano > 0 ? after.costNano / before.costNano : 1;
  const review = { accepted, known, worse, costRatio };
  if (known >= FIRST_LOOK && worse > CLEARLY_WORSE)
    return { ...review, verdict: "revert", why: `success is lower: ${accepted} of ${known}` };
  if (known >= plan.tasks) {
    if (worse > PROBABLY_WORSE)
      return { ...review, verdict: "revert", why: `success is probably lower: ${accepted} of ${known}` };
    if (costRatio > CHEAPER)
      return {
        ...review,
        verdict: "revert",
        why: `a task costs ${percent(costRatio)} of before, redos included`,
      };
    return {
      ...review,
      verdict: "keep",
      why: `${accepted} of ${known} succeeded; a task costs ${percent(costRatio)} of before, redos included`,
    };
  }
  if (days > MOST_DAYS)
    return {
      ...review,
      verdict: "revert",
      why: `${known} known outcomes in ${MOST_DAYS} days are too few to decide`,
    };
  return { ...review, verdict: "running", why: `${known} of ${plan.tasks} known outcomes` };
}

/** Probability that one success rate is lower than another by more than the tolerance, by their Beta posteriors. */
export function probablyWorse(before: Count, after: Count, tolerance: number): number {
  const [a, b] = [posterior(before), posterior(after)];
  return normalShare((a.mean - tolerance - b.mean) / Math.hypot(a.sd, b.sd));
}

function posterior({ accepted, known }: Count): { mean: number; sd: number } {
  const size = known + PRIOR.known;
  const mean = (accepted + PRIOR.accepted) / size;
  return { mean, sd: Math.sqrt((mean * (1 - mean)) / (size + 1)) };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
