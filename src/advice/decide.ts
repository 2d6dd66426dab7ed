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
const TRIAL_LEAST = 15;

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
  if (!comparison || !isCompared({ comparison, tasks, seen }, context)) return "try";
  const safe = change.low >= -context.tolerance && comparison.change.mid > -context.tolerance;
  return safe && savings.low > 0 ? "act" : "try";
}

/** Whether both sides were seen on like work, often enough for a change without a trial. */
function isCompared(
  { comparison, tasks, seen }: Pick<Assessment, "comparison" | "tasks" | "seen">,
  { enough }: AdviceContext,
): boolean {
  const known = Math.min(knownOf(tasks).length, knownOf(seen).length);
  return !!comparison && known >= enough && isAlike(comparison);
}

/** What needs no trial is followed first, unless something else is worth so many times as much. */
const PROVEN = 2;

/** What proposals for the same tasks are ranked by: their worth, and more where it is next to proven. */
export function preferenceFor(assessment: Assessment, context: AdviceContext): number {
  const proven = assessment.safeShare >= normalShare(context.z) && isCompared(assessment, context);
  return worthOf(assessment) * (proven ? PROVEN : 1);
}

/** What following it is worth by itself: dollars, by the chance that they come without harm. */
export function worthOf({ expectedUsd, safeShare }: Assessment): number {
  return expectedUsd * safeShare;
}

/** What all advice together must bring for any of it to be shown: a share of the spend, each by its chance. */
const TOGETHER_SHARE = 0.05;
/** And how likely it must be that at least one of the proposals holds what it promises. */
const ONE_HOLDS = 0.75;

/**
 * Whether anything is said at all. Each proposal by itself may be worth a trial and all of them be noise: the more roles and
 * models are looked at, the surer it is that one looks good. So they are judged together, as one answer to one question:
 * is there something to gain here? Less than a twentieth of the spend is lost in how months differ.
 */
export function isWorthSaying(
  findings: readonly { worth: number; chance: number }[],
  context: AdviceContext,
): boolean {
  const worth = findings.reduce((sum, finding) => sum + finding.worth, 0);
  const allFail = findings.reduce((product, { chance }) => product * (1 - chance), 1);
  return worth >= TOGETHER_SHARE * context.monthlyUsd && 1 - allFail >= ONE_HOLDS;
}
