import { EFFORTS, tierRank } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Complexity } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { AdviceContext } from "./context.ts";
import type { AdviceTask } from "./failure.ts";
import { anchorOf } from "./anchor.ts";
import { createRepricer } from "./reprice.ts";
import { fromLogit, logit } from "./statistics/normal.ts";
import { createRandom, drawBeta, drawNormal, type Random, seedOf } from "./statistics/random.ts";
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
/** The assumed range counts as much as so many outcomes on the proposed assignment. */
const ASSUMED = 4;
/** How far a task's cost may be from its repriced one, in logs: on another model, and at another effort. */
const COST_SD = { model: 0.3, effort: 0.15 };
/** How much costs of tasks vary, relative to their mean. */
const COST_SPREAD = 0.6;

/**
 * Forecasts a move: the present success rate from its outcomes, the change from an assumed range that outcomes on the proposed
 * assignment replace, costs from these tasks' tokens at the proposed price, failures at what their redos cost. Drawn from a random seed of its
 * own. Undefined if the price of the model is unknown.
 */
export function forecast(unit: Unit, proposed: ModelAtEffort, context: AdviceContext): Forecast | undefined {
  const { table, tolerance } = context;
  const reprice = createRepricer(proposed, table);
  const loss = lossOf(unit.current, proposed, usualComplexity(unit.now), table);
  if (!reprice || !loss || unit.now.length === 0) return undefined;
  // Upwards, runs that did failed ones again count as well: they had the harder work.
  const comparable = loss.usual ? [...unit.tasks, ...unit.redone] : unit.tasks;
  const seen = comparable.filter((task) => isAt(task, proposed));
  const outcomes = { current: countVotes(unit.now), proposed: countVotes(seen) };
  const { accepted, known } = anchorOf(unit, context.decisions) ?? outcomes.current;
  const anchor = (accepted + PRIOR.accepted) / (known + PRIOR.known);
  const draws = drawMove(
    unit,
    { outcomes, loss, cost: costBelief(unit, seen, proposed, reprice) },
    monthlyTasks(unit, context),
    createRandom(seedOf(`${unit.agent} ${unit.category} ${keyOf(proposed)}`)),
  );
  const shareOf = (holds: (draw: MoveDraw) => boolean) => draws.filter(holds).length / DRAWS;
  return {
    unit,
    proposed,
    seen,
    outcomes,
    savings: quantiles(draws.map(({ usd }) => usd)),
    change: quantiles(draws.map(({ change }) => change)),
    safe: shareOf(({ after }) => after >= anchor - tolerance),
    cheaper: shareOf(({ usd }) => usd > 0),
  };
}

/** One possible truth about a move: the success rate after it, its change, and dollars in 30 days. */
interface MoveDraw {
  after: number;
  change: number;
  usd: number;
}

function drawMove(
  unit: Unit,
  { outcomes, loss, cost }: Pick<Forecast, "outcomes"> & { loss: MoveLoss; cost: Belief },
  monthly: number,
  random: Random,
): MoveDraw[] {
  const mean = costOf(unit.now) / unit.now.length;
  const measured = outcomes.proposed.known / (outcomes.proposed.known + ASSUMED);
  return Array.from({ length: DRAWS }, () => {
    const before = drawRate(random, outcomes.current);
    const after =
      random() < measured
        ? drawRate(random, outcomes.proposed)
        : fromLogit(afterMove(logit(before), loss) - loss.sd * drawNormal(random));
    const now = mean * (1 + (COST_SPREAD / Math.sqrt(unit.now.length)) * drawNormal(random));
    const then = Math.exp(cost.mean + cost.sd * drawNormal(random));
    const volume = monthly * Math.max(0, 1 + volumeError(unit) * drawNormal(random));
    const saved = now + (1 - before) * unit.failureNano - then - (1 - after) * unit.failureNano;
    return { after, change: after - before, usd: (volume * saved) / 1e9 };
  });
}

/** Tasks of a unit in 30 days, as far as they run on its assignment now. */
export function monthlyTasks({ tasks, nowShare }: Unit, { days }: AdviceContext): number {
  return ((tasks.length * nowShare) / days) * 30;
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

/** What most work succeeds at on a model that is up to it, in log odds: a step up from a weak model leads there. */
const USUAL: Belief = { mean: 2.3, sd: 0.7 };

/** Log odds lost by a move; `usual` for a higher tier. */
interface MoveLoss extends Belief {
  usual: boolean;
}

function afterMove(before: number, { mean, sd, usual }: MoveLoss): number {
  if (!usual) return before - mean;
  const [a, b] = [1 / sd ** 2, 1 / USUAL.sd ** 2];
  return Math.max(before, (a * (before - mean) + b * USUAL.mean) / (a + b));
}

function lossOf(
  from: ModelAtEffort,
  to: ModelAtEffort,
  complexity: Complexity,
  table: ModelTable,
): MoveLoss | undefined {
  const [a, b] = [from, to].map(({ model, effort }) => {
    const entry = table.find(model);
    return (
      entry && {
        tier: tierRank(entry.family),
        effort: EFFORTS.indexOf(effort ?? entry.defaultEffort ?? "medium"),
      }
    );
  });
  if (!a || !b) return undefined;
  const tiers = a.tier - b.tier;
  const efforts = a.effort - b.effort;
  const parts: Belief[] = [times(STEP[complexity], tiers), times(EFFORT_STEP, efforts)];
  if (tiers === 0 && from.model !== to.model) parts.push(NEWER);
  return {
    mean: parts.reduce((sum, { mean }) => sum + mean, 0),
    sd: Math.max(0.1, Math.hypot(...parts.map(({ sd }) => sd), tiers < 0 ? USUAL.sd : 0)),
    usual: tiers < 0,
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

/** Months differ by what counting brings in, and by a fifth besides. */
function volumeError({ tasks }: Unit): number {
  return Math.hypot(1 / Math.sqrt(tasks.length), 0.2);
}

/** The median and the central 95 %. */
function quantiles(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { low: at(0.025), mid: at(0.5), high: at(0.975) };
}
