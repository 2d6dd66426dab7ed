import { EFFORTS, tierRank } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Complexity } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { AdviceContext } from "./context.ts";
import type { AdviceTask } from "./failure.ts";
import { createRepricer } from "./reprice.ts";
import { fromLogit, logit } from "./statistics/normal.ts";
import { createRandom, drawBeta, drawNormal, seedOf } from "./statistics/random.ts";
import type { Count, Interval } from "./statistics/rates.ts";
import { costOf, countVotes, isAt, keyOf, type Unit, usualComplexity } from "./unit.ts";

/** A normal belief about one number. */
interface Belief {
  mean: number;
  sd: number;
}

/** What moving a unit to another assignment is expected to bring. */
export interface Forecast {
  unit: Unit;
  proposed: ModelAtEffort;
  /** Tasks of the unit that ran on the proposed assignment, and their outcomes. */
  seen: readonly AdviceTask[];
  outcomes: { current: Count; proposed: Count };
  /** Dollars in 30 days, redos included. */
  savings: Interval;
  /** Change of the success rate, as shares. */
  change: Interval;
  /** Probability that success falls by no more than the tolerance, and that tasks become cheaper. */
  safe: number;
  cheaper: number;
}

const DRAWS = 1500;
/** Success before anything is seen: four accepted, one not. */
export const PRIOR: Count = { accepted: 4, known: 5 };
/** How far a task's cost may be from its repriced one, in logs: on another model, and at another effort. */
const COST_SD = { model: 0.3, effort: 0.15 };
/** How much costs of tasks vary, relative to their mean. */
const COST_SPREAD = 0.6;

/**
 * Forecasts a move: the present success rate from its outcomes, the loss from an assumed range that outcomes on the proposed
 * assignment narrow, costs from these tasks' tokens at the proposed price, failures at what their redos cost. Drawn from a seed of its
 * own. Undefined if the price of the model is unknown.
 */
export function forecast(unit: Unit, proposed: ModelAtEffort, context: AdviceContext): Forecast | undefined {
  const { table, tolerance } = context;
  const reprice = createRepricer(proposed, table);
  const loss = lossOf(unit.current, proposed, usualComplexity(unit.now), table);
  if (!reprice || !loss || unit.now.length === 0) return undefined;
  const seen = unit.tasks.filter((task) => isAt(task, proposed));
  const outcomes = { current: countVotes(unit.now), proposed: countVotes(seen) };
  const mean = costOf(unit.now) / unit.now.length;
  const cost = costBelief(unit, seen, proposed, reprice);
  const random = createRandom(seedOf(`${unit.agent} ${unit.category} ${keyOf(proposed)}`));
  const draws = Array.from({ length: DRAWS }, () => {
    const before = drawRate(random, outcomes.current);
    const after = fromLogit(logit(before) - loss.mean - loss.sd * drawNormal(random));
    const now = mean * (1 + (COST_SPREAD / Math.sqrt(unit.now.length)) * drawNormal(random));
    const then = Math.exp(cost.mean + cost.sd * drawNormal(random));
    const volume = monthlyTasks(unit, context) * Math.max(0, 1 + volumeError(unit) * drawNormal(random));
    const saved = now + (1 - before) * unit.failureNano - then - (1 - after) * unit.failureNano;
    return {
      weight: likelihood(after, outcomes.proposed),
      change: after - before,
      usd: (volume * saved) / 1e9,
    };
  });
  const total = draws.reduce((sum, { weight }) => sum + weight, 0);
  const shareOf = (holds: (draw: (typeof draws)[number]) => boolean) =>
    draws.reduce((sum, draw) => sum + (holds(draw) ? draw.weight : 0), 0) / total;
  return {
    unit,
    proposed,
    seen,
    outcomes,
    savings: quantiles(draws.map(({ weight, usd }) => [usd, weight])),
    change: quantiles(draws.map(({ weight, change }) => [change, weight])),
    safe: shareOf(({ change }) => change >= -tolerance),
    cheaper: shareOf(({ usd }) => usd > 0),
  };
}

/** Tasks of a unit in 30 days. */
export function monthlyTasks({ tasks }: Unit, { days }: AdviceContext): number {
  return (tasks.length / days) * 30;
}

/** Log odds of success that one step down is assumed to cost, and how uncertain that is, by how hard the work is. */
const STEP: Record<Complexity, Belief> = {
  mechanical: { mean: 0.15, sd: 0.35 },
  exploration: { mean: 0.2, sd: 0.4 },
  generative: { mean: 0.45, sd: 0.5 },
  reasoning: { mean: 0.8, sd: 0.6 },
};
const EFFORT_STEP: Belief = { mean: 0.2, sd: 0.3 };
const NEWER: Belief = { mean: -0.1, sd: 0.3 };

function lossOf(
  from: ModelAtEffort,
  to: ModelAtEffort,
  complexity: Complexity,
  table: ModelTable,
): Belief | undefined {
  const [a, b] = [from, to].map(({ model, effort }) => {
    const entry = table.find(model);
    return entry && { tier: tierRank(entry.family), effort: EFFORTS.indexOf(effort ?? entry.defaultEffort ?? "medium") };
  });
  if (!a || !b) return undefined;
  const tiers = a.tier - b.tier;
  const efforts = a.effort - b.effort;
  const parts: Belief[] = [times(STEP[complexity], tiers), times(EFFORT_STEP, efforts)];
  if (tiers === 0 && from.model !== to.model) parts.push(NEWER);
  return {
    mean: parts.reduce((sum, { mean }) => sum + mean, 0),
    sd: Math.max(0.1, Math.hypot(...parts.map(({ sd }) => sd))),
  };
}

function times({ mean, sd }: Belief, steps: number): Belief {
  return { mean: mean * steps, sd: sd * Math.sqrt(Math.abs(steps)) };
}

/** Log of the cost of a task on the proposed assignment: repriced tokens, corrected by what was seen there. */
function costBelief(
  unit: Unit,
  seen: readonly AdviceTask[],
  { model }: ModelAtEffort,
  reprice: NonNullable<ReturnType<typeof createRepricer>>,
): Belief {
  const sum = (reach: "output" | "task") =>
    Math.log(unit.now.reduce((total, task) => total + reprice(task, reach), 0) / unit.now.length);
  const [low, high] = [sum("output"), sum("task")];
  const own = model === unit.current.model ? COST_SD.effort : COST_SD.model;
  const prior = { mean: (low + high) / 2, sd: Math.hypot(own, (low - high) / 2) };
  if (seen.length < 5) return prior;
  const sd = Math.hypot(COST_SPREAD / Math.sqrt(seen.length), 0.1);
  const [a, b] = [1 / prior.sd ** 2, 1 / sd ** 2];
  return {
    mean: (a * prior.mean + b * Math.log(costOf(seen) / seen.length)) / (a + b),
    sd: Math.sqrt(1 / (a + b)),
  };
}

function drawRate(random: () => number, { accepted, known }: Count): number {
  return drawBeta(random, accepted + PRIOR.accepted, known - accepted + PRIOR.known - PRIOR.accepted);
}

/** How likely the outcomes seen are at a success rate, but for a factor. */
function likelihood(rate: number, { accepted, known }: Count): number {
  if (known === 0) return 1;
  const seen = Math.min(0.99, Math.max(0.01, accepted / known));
  const log = (at: number) => accepted * Math.log(at) + (known - accepted) * Math.log(1 - at);
  return Math.exp(log(Math.min(0.999, Math.max(0.001, rate))) - log(seen)) + 1e-12;
}

/** Months differ by what counting brings in, and by a fifth besides. */
function volumeError({ tasks }: Unit): number {
  return Math.hypot(1 / Math.sqrt(tasks.length), 0.2);
}

/** The median and the central 95 % of weighted values. */
function quantiles(values: readonly (readonly [value: number, weight: number])[]): Interval {
  const sorted = values.toSorted((a, b) => a[0] - b[0]);
  const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  const at = (share: number) => {
    let left = share * total;
    return sorted.find(([, weight]) => (left -= weight) <= 0)?.[0] ?? sorted.at(-1)?.[0] ?? 0;
  };
  return { low: at(0.025), mid: at(0.5), high: at(0.975) };
}
