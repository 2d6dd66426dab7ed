import type { ModelAtEffort, TrialPlan } from "../domain/recommendation.ts";
import { type Believed, type Forecast, forecast } from "./forecast.ts";
import type { Unit } from "./unit.ts";

/** From so many known outcomes on, a trial ends once its success is clearly lower. */
const FIRST_LOOK = 8;
/** From so many on, it ends once it is clear either way; after so many it ends in any case. */
const LEAST_RUNS = 25;
const MOST_RUNS = 200;
/** Chances that success is not lower than before by more than the tolerance. */
const CLEARLY_LOWER = 0.2;
const CLEARLY_SAFE = 0.8;
const PROBABLY_SAFE = 0.5;
/** The chance that a task is cheaper, redos included, that keeping takes. */
const CHEAPER = 0.7;
/** Days after which a trial without enough known outcomes is reverted. */
const MOST_DAYS = 90;

/** The present state of a trial. */
export interface TrialReview {
  /** Next step. */
  verdict: "keep" | "revert" | "running";
  /** Accepted tasks so far. */
  accepted: number;
  /** Tasks with a known outcome so far. */
  known: number;
  /** Probability that the success rate is lower than before by more than the tolerance. */
  worse: number;
  /** One sentence. */
  why: string;
}

/** Decides a trial by what is forecast now that it ran for some days. */
export function reviewTrial(
  { safe, cheaper, outcomes }: Pick<Forecast, "safe" | "cheaper" | "outcomes">,
  plan: TrialPlan,
  days: number,
): TrialReview {
  const { accepted, known } = outcomes.proposed;
  const end = (verdict: TrialReview["verdict"], why: string): TrialReview => ({
    verdict,
    accepted,
    known,
    worse: 1 - safe,
    why,
  });
  const counts = `${accepted} of ${known}`;
  if (known >= FIRST_LOOK && safe < CLEARLY_LOWER) return end("revert", `success is lower: ${counts}`);
  if (known >= LEAST_RUNS && cheaper < 1 - CHEAPER)
    return end("revert", `a task is probably not cheaper, redos included`);
  if (known >= plan.tasks || (known >= LEAST_RUNS && safe >= CLEARLY_SAFE && cheaper >= CHEAPER)) {
    if (safe < PROBABLY_SAFE) return end("revert", `success is probably lower: ${counts}`);
    return cheaper < CHEAPER
      ? end("revert", `a task is not surely cheaper, redos included`)
      : end("keep", `${counts} succeeded, and a task is cheaper, redos included`);
  }
  if (days > MOST_DAYS)
    return end("revert", `${known} known outcomes in ${MOST_DAYS} days are too few to decide`);
  return end("running", `${known} of at most ${plan.tasks} known outcomes`);
}

/** Plans the trial of a move, with the failures at the first look that end it. */
export function planTrial(unit: Unit, proposed: ModelAtEffort, context: Believed): TrialPlan {
  const plan = { tasks: MOST_RUNS, clearFrom: LEAST_RUNS, stopAfter: 1, firstLook: FIRST_LOOK };
  const endsAt = (failed: number) => {
    const votes = { accepted: FIRST_LOOK - failed, known: FIRST_LOOK };
    const found = forecast(unit, proposed, context, [{ at: proposed, votes }]);
    return found !== undefined && found.safe < CLEARLY_LOWER;
  };
  while (plan.stopAfter < FIRST_LOOK && !endsAt(plan.stopAfter)) plan.stopAfter++;
  return plan;
}
