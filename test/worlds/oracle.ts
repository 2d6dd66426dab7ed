import { EFFORTS, FAMILIES } from "../../src/domain/model.ts";
import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { normalQuantile } from "../../src/advice/statistics/normal.ts";
import { PRICED_AT, priceRequests, usualTokens } from "./prices.ts";
import type { WorldRole } from "./world.ts";

const CANDIDATES: readonly ModelAtEffort[] = FAMILIES.flatMap((tier) =>
  EFFORTS.filter((effort) => effort !== "max").map((effort) => ({ model: TIER_MODELS[tier], effort })),
);

/** Difficulties that stand for a standard normal. */
const USUAL_DIFFICULTIES = quantiles(50);

/** The cheapest assignment per accepted task that loses at most `tolerance` of success against `current` on this work. */
function bestFor(
  role: WorldRole,
  current: ModelAtEffort,
  tolerance = 0.03,
  difficulties = USUAL_DIFFICULTIES,
): ModelAtEffort {
  const least = successOf(role, current, difficulties) - tolerance;
  const perAccepted = (one: ModelAtEffort) =>
    costOf(role, one, difficulties) / successOf(role, one, difficulties);
  return (
    [current, ...CANDIDATES]
      .filter((candidate) => successOf(role, candidate, difficulties) >= least)
      .map((candidate) => ({ candidate, usd: perAccepted(candidate) }))
      .toSorted((a, b) => a.usd - b.usd)[0]?.candidate ?? current
  );
}

/** Moves on until there is nothing to gain any more. */
export function settle(role: WorldRole, from: ModelAtEffort): ModelAtEffort {
  const next = bestFor(role, from);
  return next.model === from.model && next.effort === from.effort ? from : settle(role, next);
}

export function successOf(
  role: WorldRole,
  assignment: ModelAtEffort,
  difficulties = USUAL_DIFFICULTIES,
): number {
  return mean(difficulties.map((difficulty) => role.succeeds(assignment, difficulty)));
}

/** Mean cost of a task in dollars. */
export function costOf(
  role: WorldRole,
  assignment: ModelAtEffort,
  difficulties = USUAL_DIFFICULTIES,
): number {
  return mean(difficulties.map((difficulty) => taskCost(role, assignment, difficulty)));
}

/** Mean cost of a task of one difficulty in dollars. Sizes differ, and long prompts cost more than in proportion. */
function taskCost(role: WorldRole, assignment: ModelAtEffort, difficulty: number): number {
  const usual = tokensOf(role, assignment, difficulty);
  return mean(
    USUAL_SIZES.map((size) => {
      const tokens = Object.fromEntries(Object.entries(usual).map(([kind, count]) => [kind, count * size]));
      return priceRequests(assignment.model, tokens, role.usual.requests, PRICED_AT) / 1e9;
    }),
  );
}

/** A task's size as drawn from a standard normal: a mean of 1. */
export function sizeOf(z: number): number {
  return Math.exp(0.5 * z - 0.125);
}
const USUAL_SIZES = quantiles(9).map(sizeOf);

/** So many numbers that stand for a standard normal. */
function quantiles(count: number): number[] {
  return Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
}

/** Tokens of the usual task of one difficulty, before chance. */
export function tokensOf(role: WorldRole, assignment: ModelAtEffort, difficulty: number) {
  return usualTokens(role.usual, role.usesTokens(assignment, difficulty));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
