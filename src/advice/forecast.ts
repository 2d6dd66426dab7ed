import { tierRank } from "../domain/model.ts";
import { sum } from "../domain/numbers.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import { anchorOf } from "./anchor.ts";
import { believe, dot, type Outcomes, partsOf } from "./belief.ts";
import type { AdviceContext } from "./context.ts";
import type { AdviceTask } from "./failure.ts";
import { createRepricer, type Repricer } from "./reprice.ts";
import { fromLogit } from "./statistics/normal.ts";
import { createRandom, drawNormal } from "./statistics/random.ts";
import type { Count, Interval } from "./statistics/rates.ts";
import { costOf, countVotes, isAt, type Unit, usualComplexity } from "./unit.ts";

/** The expected effect of moving a unit to another assignment. */
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
  /** Expected dollars in 30 days, where savings beyond the tolerance count as none: the one number that decides. */
  worth: number;
}

/** The facts that a forecast needs besides the unit. */
export type Believed = Pick<AdviceContext, "table" | "tiers" | "days" | "tolerance" | "decisions">;

const DRAWS = 600;
/** Numbers that each draw needs: three rates, two costs, a volume. */
const NUMBERS = 6;
const random = createRandom(1);
/** The same draws for every forecast, so that the same logs give the same numbers. */
const NORMALS = Array.from({ length: DRAWS }, () =>
  Array.from({ length: NUMBERS }, () => drawNormal(random)),
);

/** Standard deviation of a task's cost from its repriced one, in logs: on another model, and at another effort. */
const COST_SD = { model: 0.42, effort: 0.15 };
/** Variation of the costs of tasks, relative to their mean. */
const COST_SPREAD = 0.6;

/**
 * Forecasts a move: success from every outcome of the unit's work and an assumed range for each step between models, costs from these
 * tasks' tokens at the proposed price, failures at what their redos cost. `more` outcomes may be supposed. Undefined if the price of the
 * model is unknown.
 */
export function forecast(
  unit: Unit,
  proposed: ModelAtEffort,
  context: Believed,
  more: readonly Outcomes[] = [],
): Forecast | undefined {
  const reprice = createRepricer(proposed, context.table);
  if (!reprice || unit.now.length === 0) return undefined;
  const tierOf = ({ model }: ModelAtEffort) => tierRank(context.table.find(model)?.family ?? "haiku");
  // Upwards, runs that did failed ones again count as well: they had the harder work.
  const comparable = tierOf(proposed) > tierOf(unit.current) ? [...unit.tasks, ...unit.redone] : unit.tasks;
  const seen = comparable.filter((task) => isAt(task, proposed));
  const rates = drawRates({ ...unit, tasks: comparable }, proposed, context, more);
  if (!rates) return undefined;
  const cost = costBelief(unit, proposed, reprice);
  const mean = costOf(unit.now) / unit.now.length;
  const monthly = monthlyTasks(unit, context) / 1e9;
  const dollars = rates.map(({ before, after }, i) => {
    const [, , , now = 0, then = 0, volume = 0] = NORMALS[i] ?? [];
    const saved =
      mean * (1 + (COST_SPREAD / Math.sqrt(unit.now.length)) * now) -
      Math.exp(cost.mean + cost.sd * then) +
      (after - before) * unit.failureNano;
    return saved * monthly * Math.max(0, 1 + volumeError(unit) * volume);
  });
  return {
    unit,
    proposed,
    seen,
    outcomes: {
      current: countVotes(unit.now),
      proposed: addUp([countVotes(seen), ...countAt(more, proposed)]),
    },
    savings: quantiles(dollars),
    change: quantiles(rates.map(({ before, after }) => after - before)),
    safe: shareOf(rates.map(({ after, first }) => after >= first - context.tolerance)),
    cheaper: shareOf(dollars.map((usd) => usd > 0)),
    worth: worthOf(rates, dollars, unit, context),
  };
}

/** Compares the dollars that count after a move with those that count now, from the first of several moves on. */
function worthOf(
  rates: readonly DrawnRates[],
  dollars: readonly number[],
  unit: Unit,
  { decisions, tolerance }: Believed,
): number {
  const saved = anchorOf(unit, decisions)?.savedUsd ?? 0;
  const counted = (rate: number, first: number, usd: number) =>
    rate >= first - tolerance ? usd : Math.min(0, usd);
  const each = rates.map(
    ({ before, after, first }, i) =>
      counted(after, first, saved + (dollars[i] ?? 0)) - counted(before, first, saved),
  );
  return sum(each) / DRAWS;
}

/** One possible truth: success now, after the move, and before the first of several moves. */
interface DrawnRates {
  before: number;
  after: number;
  first: number;
}

function drawRates(
  unit: Unit,
  proposed: ModelAtEffort,
  context: Believed,
  more: readonly Outcomes[],
): DrawnRates[] | undefined {
  const anchor = anchorOf(unit, context.decisions);
  const from = partsOf(unit.current, context);
  const to = partsOf(proposed, context);
  const first = anchor ? partsOf(anchor.at, context) : from;
  if (!from || !to || !first) return undefined;
  const belief = believe([...outcomesOf(unit, anchor), ...more], usualComplexity(unit.now), context);
  const parts = [from, to, first];
  const means = parts.map((one) => dot(one, belief.mean));
  const root = triangle(
    parts.map((a) => {
      const reach = belief.covariance.map((row) => dot(row, a));
      return parts.map((b) => dot(reach, b));
    }),
  );
  return NORMALS.map((normals) => {
    const [before, after, start] = means.map((mean, i) => fromLogit(mean + dot(root[i] ?? [], normals)));
    return { before: before ?? 0, after: after ?? 0, first: start ?? 0 };
  });
}

/** Outcomes of a unit by assignment, with those before the first of several moves where the tasks of then are gone. */
function outcomesOf({ tasks }: Unit, anchor: Outcomes | undefined): Outcomes[] {
  const groups = [...Map.groupBy(tasks, ({ models, effort }) => `${models[0]} ${effort}`).values()];
  const seen = groups.map((group): Outcomes => {
    const { models, effort } = group[0] as AdviceTask;
    return { at: { model: models[0] ?? "", ...(effort && { effort }) }, votes: countVotes(group) };
  });
  if (!anchor) return seen;
  const isAnchor = ({ at }: Outcomes) => at.model === anchor.at.model && at.effort === anchor.at.effort;
  const again = seen.find(isAnchor);
  if (again && again.votes.known >= anchor.votes.known) return seen;
  return [...seen.filter((one) => !isAnchor(one)), anchor];
}

/** The lower triangle whose square is a covariance (Cholesky). */
function triangle(covariance: readonly (readonly number[])[]): number[][] {
  const root: number[][] = [];
  for (const [i, row] of covariance.entries()) {
    const own: number[] = [];
    for (let j = 0; j < i; j++) {
      const left = (row[j] ?? 0) - dot(own, (root[j] ?? []).slice(0, j));
      const pivot = root[j]?.[j] ?? 0;
      own.push(pivot > 1e-9 ? left / pivot : 0);
    }
    own.push(Math.sqrt(Math.max(0, (row[i] ?? 0) - dot(own, own))));
    root.push(own);
  }
  return root;
}

/** Returns the counts of outcomes on one assignment; an effort that either leaves open is any. */
export function countAt(outcomes: readonly Outcomes[], { model, effort }: ModelAtEffort): Count[] {
  return outcomes
    .filter(({ at }) => at.model === model && (!effort || !at.effort || at.effort === effort))
    .map(({ votes }) => votes);
}

export function addUp(counts: readonly Count[]): Count {
  return {
    accepted: sum(counts.map(({ accepted }) => accepted)),
    known: sum(counts.map(({ known }) => known)),
  };
}

/** Tasks of a unit in 30 days, as far as they run on its assignment now. */
function monthlyTasks({ tasks, nowShare }: Unit, { days }: Believed): number {
  return ((tasks.length * nowShare) / days) * 30;
}

/** A log of costs with its error. */
interface LogCost {
  mean: number;
  sd: number;
}

/** Returns the log of the cost of a task on the proposed assignment: repriced tokens, corrected by what was seen on its model. */
function costBelief(unit: Unit, proposed: ModelAtEffort, reprice: Repricer): LogCost {
  const own = proposed.model === unit.current.model ? COST_SD.effort : COST_SD.model;
  const prior = repricedCost(unit.now, reprice, own);
  const seen = seenCosts(unit, proposed, prior.mean, reprice);
  if (!seen) return prior;
  const [a, b] = [1 / prior.sd ** 2, 1 / seen.sd ** 2];
  return { mean: (a * prior.mean + b * seen.mean) / (a + b), sd: Math.sqrt(1 / (a + b)) };
}

function repricedCost(tasks: readonly AdviceTask[], reprice: Repricer, sd: number): LogCost {
  const logMean = (reach: "output" | "task") =>
    Math.log(sum(tasks.map((task) => reprice(task, reach))) / tasks.length);
  const [low, high] = [logMean("output"), logMean("task")];
  return { mean: (low + high) / 2, sd: Math.hypot(sd, (low - high) / 2) };
}

/** Tasks on an assignment from which on their cost says something. */
const LEAST_SEEN = 5;

/**
 * Returns the costs that were seen on an assignment, or on its model at another effort. Without any, redos there count if they cost less
 * than expected: they had the harder work, so that a task costs at most as much.
 */
function seenCosts(
  { tasks, redone, current }: Unit,
  proposed: ModelAtEffort,
  expected: number,
  reprice: Repricer,
): LogCost | undefined {
  const [ordinary = [], again = []] = [tasks, redone].map((group) =>
    group.filter((task) => isAt(task, proposed)),
  );
  const alike = tasks.filter((task) => task.models[0] === proposed.model && !isAt(task, current));
  const paid = (own: readonly AdviceTask[]) => ({ mean: Math.log(costOf(own) / own.length), sd: error(own) });
  if (ordinary.length >= LEAST_SEEN) return paid(ordinary);
  if (alike.length >= LEAST_SEEN)
    return repricedCost(alike, reprice, Math.hypot(error(alike), COST_SD.effort));
  return again.length >= LEAST_SEEN && paid(again).mean < expected ? paid(again) : undefined;
}

/** The standard error of the log of the mean cost of some tasks. */
function error({ length }: readonly AdviceTask[]): number {
  return Math.hypot(COST_SPREAD / Math.sqrt(length), 0.1);
}

/** Months differ by what counting brings in, and by a quarter besides. */
function volumeError({ tasks }: Unit): number {
  return Math.hypot(1 / Math.sqrt(tasks.length), 0.25);
}

/** The median and the central 95 %. */
function quantiles(values: readonly number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(0.025), mid: at(0.5), high: at(0.975) };
}

function shareOf(holds: readonly boolean[]): number {
  return holds.filter(Boolean).length / DRAWS;
}
