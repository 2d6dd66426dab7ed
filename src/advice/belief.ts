import { EFFORTS, FAMILIES, tierRank } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Complexity } from "../domain/task.ts";
import type { AdviceContext } from "./context.ts";
import { fromLogit } from "./statistics/normal.ts";
import type { Count } from "./statistics/rates.ts";

type Models = Pick<AdviceContext, "table" | "tiers">;

/** Outcomes on one assignment. */
export interface Outcomes {
  at: ModelAtEffort;
  votes: Count;
}

/**
 * A joint normal belief about the log odds of success of one kind of work: on Opus at medium effort, of each step between tiers and
 * efforts, and of an older model.
 */
export interface Belief {
  mean: number[];
  covariance: number[][];
}

interface Assumed {
  mean: number;
  sd: number;
}

/** Log odds of success of most work on Opus at medium effort. */
const USUAL: Assumed = { mean: 2.2, sd: 0.8 };
/** Log odds that Sonnet adds to Haiku, Opus to Sonnet, and Fable to Opus, by how hard the work is. */
const TIERS: Record<Complexity, readonly Assumed[]> = {
  mechanical: steps(0.15, 0.35),
  exploration: steps(0.2, 0.4),
  generative: steps(0.6, 0.5),
  reasoning: steps(0.9, 0.6),
};
/** Log odds that the steps of effort add, from low upwards, and that the newer model of a tier does. */
const EFFORT: readonly Assumed[] = [
  { mean: 0.2, sd: 0.3 },
  { mean: 0.1, sd: 0.2 },
  { mean: 0.05, sd: 0.15 },
  { mean: 0.05, sd: 0.15 },
];
const NEWER: Assumed = { mean: 0.1, sd: 0.3 };
const TIER_STEPS = FAMILIES.length - 1;
const MOST_ROUNDS = 40;
/** Log odds that an estimate may move in one round: unlimited steps overshoot if many outcomes are far from what is assumed. */
const MOST_STEP = 1;
const CLOSE = 1e-6;
/** Largest factor of assumed variances: three times the standard deviation. */
const MOST_WIDER = 9;

/** The step above the lowest tier is the largest. */
function steps(mean: number, sd: number): Assumed[] {
  return [1, 0.6, 0.4].map((share) => ({ mean: share * mean, sd: Math.sqrt(share) * sd }));
}

/**
 * Returns what is assumed, corrected by every outcome that was seen (Laplace's approximation of the posterior). Outcomes that contradict
 * the assumed ranges widen them, so that no assumption outvotes what was measured.
 */
export function believe(outcomes: readonly Outcomes[], complexity: Complexity, models: Models): Belief {
  const assumed = [USUAL, ...TIERS[complexity], ...EFFORT, NEWER];
  const seen = outcomes.flatMap(({ at, votes }): SeenOutcomes[] => {
    const parts = votes.known > 0 ? partsOf(at, models) : undefined;
    return parts ? [{ parts, votes }] : [];
  });
  const belief = correct(widened(assumed, 1), seen);
  const strain = strainOf(belief, assumed) / seen.length;
  return strain > 1 ? correct(widened(assumed, Math.min(MOST_WIDER, strain)), seen) : belief;
}

/** Outcomes on an assignment, and the parts of its log odds. */
interface SeenOutcomes {
  parts: readonly number[];
  votes: Count;
}

function widened(assumed: readonly Assumed[], factor: number): Belief {
  return {
    mean: assumed.map(({ mean }) => mean),
    covariance: assumed.map(({ sd }, i) => assumed.map((_, j) => (i === j ? factor * sd ** 2 : 0))),
  };
}

/** Sum of the squares by which estimates differ from what was assumed, in assumed standard deviations. */
function strainOf({ mean }: Belief, assumed: readonly Assumed[]): number {
  return assumed.reduce((sum, one, i) => sum + (((mean[i] ?? one.mean) - one.mean) / one.sd) ** 2, 0);
}

/** Finds the most likely log odds by Newton's method with limited steps. */
function correct(prior: Belief, seen: readonly SeenOutcomes[]): Belief {
  let belief = prior;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { mean } = belief;
    const next = seen.reduce((so, { parts, votes: { accepted, known } }) => {
      const odds = dot(parts, mean);
      const share = fromLogit(odds);
      const weight = Math.max(0.02, known * share * (1 - share));
      return observe(so, parts, odds + (accepted - known * share) / weight, 1 / weight);
    }, prior);
    const moved = Math.max(0, ...seen.map(({ parts }) => Math.abs(dot(parts, next.mean) - dot(parts, mean))));
    if (moved < CLOSE) return next;
    const share = Math.min(1, MOST_STEP / moved);
    belief = { ...next, mean: mean.map((one, i) => one + share * ((next.mean[i] ?? one) - one)) };
  }
  return belief;
}

/** Returns which parts make up the log odds on an assignment; undefined for an unknown model. */
export function partsOf({ model, effort }: ModelAtEffort, { table, tiers }: Models): number[] | undefined {
  const entry = table.find(model);
  if (!entry) return undefined;
  const tier = tierRank(entry.family);
  const level = EFFORTS.indexOf(effort ?? entry.defaultEffort ?? "medium");
  return [
    1,
    ...between(TIER_STEPS, tierRank("opus"), tier),
    ...between(EFFORT.length, EFFORTS.indexOf("medium"), level),
    tiers[entry.family] === model ? 0 : -1,
  ];
}

/** 1 for each step upwards from one level to another, -1 for each downwards. */
function between(steps: number, from: number, to: number): number[] {
  return Array.from({ length: steps }, (_, i) => (i >= from && i < to ? 1 : i >= to && i < from ? -1 : 0));
}

/** Corrects a belief by one measured sum of its parts. */
function observe(
  { mean, covariance }: Belief,
  parts: readonly number[],
  value: number,
  variance: number,
): Belief {
  const reach = covariance.map((row) => dot(row, parts));
  const total = dot(parts, reach) + variance;
  const surprise = (value - dot(parts, mean)) / total;
  return {
    mean: mean.map((one, i) => one + (reach[i] ?? 0) * surprise),
    covariance: covariance.map((row, i) =>
      row.map((one, j) => one - ((reach[i] ?? 0) * (reach[j] ?? 0)) / total),
    ),
  };
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, one, i) => sum + one * (b[i] ?? 0), 0);
}
