import { EFFORTS, FAMILIES, tierRank, type Effort, type Tier } from "../domain/model.ts";
import type { Complexity } from "../domain/task.ts";
import { logit } from "./statistics/normal.ts";

/** What is believed of a quantity: a normal distribution. */
export interface Belief {
  mean: number;
  sd: number;
}

/** A belief held before this user's tasks are looked at, and where it comes from. */
export interface Prior extends Belief {
  sources: readonly string[];
}

/** What a prior is asked about. */
export interface PriorStep {
  complexity: Complexity;
  from: { tier: Tier; effort: Effort | undefined };
  to: { tier: Tier; effort: Effort | undefined };
}

/**
 * Success is compared in log odds, as between people and test items (Rasch 1960): a step down costs the same odds
 * wherever it starts, and so few points where nearly everything succeeds. Published pass rates per step down:
 */
const BENCHMARKS: Record<"coding" | "agentic", Record<"opus" | "sonnet", Belief>> = {
  coding: {
    // SWE-bench Verified: Opus 4.5 80.9, Sonnet 4.5 77.2, Haiku 4.5 73.3.
    opus: { mean: logit(0.809) - logit(0.772), sd: 0.25 },
    sonnet: { mean: logit(0.772) - logit(0.733), sd: 0.25 },
  },
  agentic: {
    // Terminal-Bench 2.0 65.4 to 51.0, MCP Atlas 62.3 to 43.8, OSWorld 72.7 to 61.4 to 50.7.
    opus: {
      mean: (logit(0.654) - logit(0.51) + logit(0.623) - logit(0.438) + logit(0.727) - logit(0.614)) / 3,
      sd: 0.3,
    },
    sonnet: { mean: logit(0.614) - logit(0.507), sd: 0.3 },
  },
};

/** Edits that every tier passes (HumanEval and MBPP stand above 90 % for all of them). */
const SATURATED: Belief = { mean: 0.05, sd: 0.1 };

/** No benchmark of Fable against Opus is known here: the coding step is assumed. */
const FABLE: Belief = { mean: 0.2, sd: 0.3 };

/** Practice reports put each kind of work on a tier; a step below that tier is trusted less. */
export const USUAL_TIER: Record<Complexity, Tier> = {
  mechanical: "haiku",
  exploration: "haiku",
  generative: "sonnet",
  reasoning: "opus",
};
const BELOW_USUAL: Belief = { mean: 0.4, sd: 0.2 };

/**
 * One step of effort. Opus 4.5 at medium passes what Sonnet 4.5 passes at its best (77.2), at most effort 80.9: 0.22 in
 * log odds over the steps between. Nothing published tells what the step to low costs; it is taken for dearer, except on
 * mechanical work, where more thinking makes results worse.
 */
const EFFORT_STEP: Belief = { mean: 0.1, sd: 0.1 };
const STEP_TO_LOW: Belief = { mean: 0.35, sd: 0.25 };
const STEP_TO_LOW_MECHANICAL: Belief = { mean: 0.05, sd: 0.1 };

/** How many log odds of success the step loses; negative for a step up. */
export function gapPrior(step: PriorStep): Prior {
  const tiers = tierGap(step);
  const effort = effortGap(step);
  return {
    mean: tiers.mean + effort.mean,
    sd: Math.max(0.05, Math.hypot(tiers.sd, effort.sd)),
    sources: [...tiers.sources, ...effort.sources],
  };
}

function tierGap({ complexity, from, to }: PriorStep): Prior {
  const [low, high] = [
    Math.min(tierRank(from.tier), tierRank(to.tier)),
    Math.max(tierRank(from.tier), tierRank(to.tier)),
  ];
  const steps = FAMILIES.slice(low + 1, high + 1).map((upper) => oneTier(complexity, upper));
  const sign = tierRank(to.tier) < tierRank(from.tier) ? 1 : -1;
  return {
    mean: sign * steps.reduce((sum, belief) => sum + belief.mean, 0),
    sd: Math.hypot(...steps.map((belief) => belief.sd)),
    sources: steps.length > 0 ? ["benchmark gaps between the tiers", "the usual tier of such work"] : [],
  };
}

/** The step from `upper` to the tier below it. */
function oneTier(complexity: Complexity, upper: Tier): Belief {
  const measured = benchmark(complexity, upper);
  const below = tierRank(upper) <= tierRank(USUAL_TIER[complexity]);
  return below
    ? { mean: measured.mean + BELOW_USUAL.mean, sd: Math.hypot(measured.sd, BELOW_USUAL.sd) }
    : measured;
}

function benchmark(complexity: Complexity, upper: Tier): Belief {
  if (complexity === "mechanical" || complexity === "exploration") return SATURATED;
  if (upper !== "opus" && upper !== "sonnet") return FABLE;
  return BENCHMARKS[complexity === "reasoning" ? "agentic" : "coding"][upper];
}

function effortGap({ complexity, from, to }: PriorStep): Prior {
  const [before, after] = [effortRank(from.effort), effortRank(to.effort)];
  if (before === undefined || after === undefined || before === after) return { mean: 0, sd: 0, sources: [] };
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  const up = after > before;
  // What a step to low may cost is a guess on the safe side; the way back is credited with an ordinary step.
  const steps = EFFORTS.slice(low, high).map((lower) => (up ? EFFORT_STEP : oneEffort(complexity, lower)));
  return {
    mean: (up ? -1 : 1) * steps.reduce((sum, belief) => sum + belief.mean, 0),
    sd: Math.hypot(...steps.map((belief) => belief.sd)),
    sources: ["benchmark results of one model at two efforts"],
  };
}

function oneEffort(complexity: Complexity, lower: Effort): Belief {
  if (lower !== "low") return EFFORT_STEP;
  return complexity === "mechanical" || complexity === "exploration" ? STEP_TO_LOW_MECHANICAL : STEP_TO_LOW;
}

function effortRank(effort: Effort | undefined): number | undefined {
  return effort && EFFORTS.indexOf(effort);
}

/** Beliefs about parts of a role's work, put together by the parts' shares. */
export function mixBeliefs(parts: readonly { share: number; belief: Belief }[]): Belief {
  return {
    mean: parts.reduce((sum, { share, belief }) => sum + share * belief.mean, 0),
    // The parts' errors are taken for the same error, because they come from the same benchmarks.
    sd: parts.reduce((sum, { share, belief }) => sum + share * belief.sd, 0),
  };
}

/** A belief after an independent measurement: the normal update, each weighted by its precision. */
export function update(prior: Belief, measured: Belief | undefined): Belief {
  if (!measured || !Number.isFinite(measured.sd)) return prior;
  const [a, b] = [1 / prior.sd ** 2, 1 / measured.sd ** 2];
  return { mean: (prior.mean * a + measured.mean * b) / (a + b), sd: Math.sqrt(1 / (a + b)) };
}
