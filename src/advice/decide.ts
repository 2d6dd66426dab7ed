import type { Confidence } from "../domain/recommendation.ts";
import type { Assessment } from "./assess.ts";
import { isAlike, knownOf } from "./compare.ts";
import type { AdviceContext } from "./context.ts";
import { normalShare } from "./statistics/normal.ts";
import type { Interval } from "./statistics/rates.ts";

/** A trial is proposed where it is likelier to be kept than not. */
const LIKELY = 0.55;
/** And where it is next to sure that an accepted task becomes cheaper; where it was measured, at the corrected 99 %. */
const CHEAPER = 0.9;
/** Below these nobody wants to be bothered: dollars in 30 days, and share of the spend. */
const MATERIAL_USD = 1;
const MATERIAL_SHARE = 0.01;
/** A trial needs as many tasks to start from, and as many in a month to come to an end. */
const TRIAL_LEAST = 10;

/** Whether moving would pay at all; cheap, and asked before anything is drawn. */
export function isWorthwhile(assessment: Assessment, context: AdviceContext): boolean {
  const { expectedUsd, safeShare, cheaperShare, seen, tasks } = assessment;
  const material = Math.max(MATERIAL_USD, MATERIAL_SHARE * context.monthlyUsd);
  const cheaper = seen.length >= TRIAL_LEAST ? 1 - (1 - normalShare(context.z)) / 5 : CHEAPER;
  return (
    expectedUsd >= material && safeShare >= LIKELY && cheaperShare >= cheaper && tasks.length >= TRIAL_LEAST
  );
}

/**
 * `act` where both sides were seen on like work, often enough, and the intervals say: cheaper, and not worse by more than the
 * tolerance; else `try`.
 */
export function confidenceOf(
  { comparison, tasks, seen }: Assessment,
  savings: Interval,
  change: Interval,
  context: AdviceContext,
): Confidence {
  const enough = Math.min(knownOf(tasks).length, knownOf(seen).length) >= context.enough;
  if (!comparison || !enough || !isAlike(comparison)) return "try";
  const safe = change.low >= -context.tolerance && comparison.change.mid > -context.tolerance;
  return safe && savings.low > 0 ? "act" : "try";
}

/** What following it is worth by itself: dollars, by the chance that they come without harm. */
export function worthOf({ expectedUsd, safeShare }: Assessment): number {
  return expectedUsd * safeShare;
}
