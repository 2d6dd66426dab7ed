import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import {
  compareGroups,
  isAlike,
  knownOf,
  recency,
  STRETCH,
  trueRate,
  weigh,
  type Comparison,
} from "./compare.ts";
import type { AdviceContext } from "./context.ts";
import { HAIKU_REVIEW, isHaikuReview } from "./review.ts";
import { gapPrior, mixBeliefs, update, type Belief, type Prior } from "./prior.ts";
import { createRepricer, type Repricer } from "./reprice.ts";
import { effortOf, keyOf, mixOf, tierOf, type RoleView } from "./role-view.ts";
import { drawSavings } from "./savings.ts";
import { fromLogit, logit, normalQuantile, normalShare } from "./statistics/normal.ts";
import type { Count, Interval } from "./statistics/rates.ts";

/** What is known of moving work to another assignment. */
export interface Assessment {
  view: RoleView;
  /** The tasks that would move. */
  tasks: readonly Task[];
  current: ModelAtEffort;
  proposed: ModelAtEffort;
  reprice: Repricer;
  price: Price;
  /** Tasks seen at the proposed assignment on the same work, and what they say; undefined where there are none. */
  seen: readonly Task[];
  comparison: Comparison | undefined;
  /** Log odds of success lost, all taken together. */
  gap: Belief;
  /** Log of the proposed cost per task ÷ the repriced one. */
  costRatio: Belief;
  prior: Prior;
  /** Probability that the success rate falls by no more than the tolerance. */
  safeShare: number;
  /** Probability that an accepted task becomes cheaper. */
  cheaperShare: number;
  /** Dollars in 30 days, before anything is drawn: enough to rank by. */
  expectedUsd: number;
}

/** How far a task's cost may be from its repriced one on a model it was not seen on: a factor of 1.35; of 1.1 on its own. */
const COST_SD_MODEL = 0.3;
const COST_SD_EFFORT = 0.1;

/** Fewer tasks than this at the proposed assignment tell nothing. */
const SEEN_LEAST = 5;

/** Evidence from an earlier model of the same tier is off by as much as generations differ. */
const GENERATION_SD = 0.4;

/**
 * Judges moving `tasks` (by default all that now run on the role's current assignment) to `proposed`. Undefined where the
 * model's price is not known.
 */
export function assess(
  view: RoleView,
  proposed: ModelAtEffort,
  context: AdviceContext,
  tasks: readonly Task[] = view.current.tasks,
): Assessment | undefined {
  const current = view.current.assignment;
  const reprice = createRepricer(proposed, context.table);
  const prior = priorOf(view, tasks, proposed, context);
  if (!prior || !reprice) return undefined;
  const all = tasks === view.current.tasks ? view.tasks : sameComplexity(view, tasks);
  const seen = all.filter((task) => keyOf(taskAssignment(task)) === keyOf(proposed));
  const compare = (others: readonly Task[]) =>
    others.length < SEEN_LEAST
      ? undefined
      : compareGroups(tasks, others, reprice, { until: context.until, z: context.z });
  const comparison = compare(seen);
  const earlier = compare(earlierGeneration(all, proposed, context));
  const gap = update(update(prior, earlier && aged(earlier.gap)), comparison?.gap);
  const price = priceMove(tasks, reprice, context);
  const costRatio = update(
    costPrior(price, current.model === proposed.model, context),
    comparison?.costRatio,
  );
  const costs = { price, costRatio, reprice };
  const assessment = { view, tasks, current, proposed, seen, comparison, gap, prior, ...costs };
  return {
    ...assessment,
    safeShare: safeShare(gap, tasks, context),
    cheaperShare: cheaperShare(assessment, context),
    expectedUsd: expectedUsd(assessment, context),
  };
}

/** The savings of following it, with their 95 % interval, in dollars in 30 days. */
export function savingsOf(assessment: Assessment, context: AdviceContext): Interval {
  const { tasks, gap, costRatio, proposed, reprice } = assessment;
  return drawSavings({
    seed: `${assessment.view.role} ${keyOf(proposed)}`,
    tasks: tasks.map((task) => ({
      weight: recency(task, context.until),
      nowNano: task.costNano,
      thenNano: reprice(task),
    })),
    outcomes: weigh(tasks, context.until),
    gap,
    costRatio,
    monthlyTasks: monthlyTasks(assessment, context),
    dailyTasks: dailyCounts(tasks, context),
  });
}

/**
 * The change of the success rate as shares, by everything believed of it, at 90 %; corrected for many comparisons where
 * both sides were seen on like work, since a change would be bet on it then.
 */
export function successChangeOf(
  { tasks, gap, comparison, seen }: Assessment,
  context: AdviceContext,
): Interval {
  const both = Math.min(knownOf(tasks).length, knownOf(seen).length) >= context.enough;
  const z = both && comparison && isAlike(comparison) ? context.z : normalQuantile(0.95);
  const before = currentRate(tasks, context);
  const at = (z: number) => fromLogit(logit(before) - gap.mean - z * gap.sd) - before;
  return { low: at(z), mid: at(0), high: at(-z) };
}

/** The rate behind the current group's outcomes. */
function currentRate(tasks: readonly Task[], context: AdviceContext): number {
  return rateBelief(tasks, context).mean;
}

/** A rate that a few tasks show is drawn towards what is usual: as if ten more tasks had been seen, eight accepted. */
const USUAL: Count = { accepted: 8, known: 10 };

function rateBelief(tasks: readonly Task[], context: AdviceContext): Belief {
  const { accepted, known } = weigh(tasks, context.until);
  const size = known + USUAL.known;
  const observed = (accepted + USUAL.accepted) / size;
  return { mean: trueRate(observed), sd: STRETCH * Math.sqrt((observed * (1 - observed)) / size) };
}

/** Tasks in 30 days that would move. */
export function monthlyTasks(
  { view, tasks }: Pick<Assessment, "view" | "tasks">,
  context: AdviceContext,
): number {
  const part = tasks.length / view.current.tasks.length;
  return ((view.tasks.length * view.currentShare * Math.min(1, part)) / context.days) * 30;
}

type Weighed = Omit<Assessment, "safeShare" | "cheaperShare" | "expectedUsd">;

function cheaperShare({ tasks, price, gap, costRatio }: Weighed, context: AdviceContext): number {
  const before = currentRate(tasks, context);
  // Near `before`, a log odds lost takes 1 − before off the log of the rate.
  const mean = Math.log(price.onOutput / price.now) + costRatio.mean + gap.mean * (1 - before);
  return normalShare(-mean / Math.hypot(costRatio.sd, gap.sd * (1 - before)));
}

/** Mean cost of a task in nano-dollars: now, and as repriced by both readings of the effort index. */
interface Price {
  now: number;
  onOutput: number;
  onTask: number;
}

function priceMove(tasks: readonly Task[], reprice: Repricer, { until }: AdviceContext): Price {
  let [sum, now, onOutput, onTask] = [0, 0, 0, 0];
  for (const task of tasks) {
    const weight = recency(task, until);
    sum += weight;
    now += weight * task.costNano;
    onOutput += weight * reprice(task);
    onTask += weight * reprice(task, "task");
  }
  return { now: now / sum, onOutput: onOutput / sum, onTask: onTask / sum };
}

/** What repricing may miss: how the effort index is to be read, tokens that differ by model, prices that leak away. */
function costPrior({ now, onOutput, onTask }: Price, sameModel: boolean, { habits }: AdviceContext): Belief {
  const [low, high] = [Math.log(onOutput / now), Math.log(onTask / now)];
  const middle = (low + high) / 2;
  return {
    mean: middle - low - habits.leak.mean * middle,
    sd: Math.hypot(sameModel ? COST_SD_EFFORT : COST_SD_MODEL, (low - high) / 2, habits.leak.sd * middle),
  };
}

function expectedUsd({ view, tasks, price, gap, costRatio }: Weighed, context: AdviceContext): number {
  const before = currentRate(tasks, context);
  const after = fromLogit(logit(before) - gap.mean);
  const then = price.onOutput * Math.exp(costRatio.mean);
  return ((price.now - (then * before) / after) * monthlyTasks({ view, tasks }, context)) / 1e9;
}

/** Over what the current rate may be: Gauss and Hermite's three points. */
function safeShare(gap: Belief, tasks: readonly Task[], context: AdviceContext): number {
  const { mean, sd } = rateBelief(tasks, context);
  const at = (rate: number) => normalShare((gapFrom(rate, context) - gap.mean) / gap.sd);
  return (2 / 3) * at(mean) + (at(mean - Math.sqrt(3) * sd) + at(mean + Math.sqrt(3) * sd)) / 6;
}

/** The log odds that may be lost before the rate falls by more than the tolerance. */
function gapFrom(rate: number, context: AdviceContext): number {
  const before = Math.min(0.98, Math.max(0.05, rate));
  return logit(before) - logit(Math.max(0.01, before - context.tolerance));
}

function priorOf(
  view: RoleView,
  tasks: readonly Task[],
  proposed: ModelAtEffort,
  context: AdviceContext,
): Prior | undefined {
  const current = view.current.assignment;
  const [from, to] = [tierOf(current, context.table), tierOf(proposed, context.table)];
  if (!from || !to) return undefined;
  const step = {
    from: { tier: from, effort: effortOf(current, context.table) },
    to: { tier: to, effort: effortOf(proposed, context.table) },
  };
  const parts = [...mixOf(tasks)].map(([complexity, share]) => ({
    share,
    belief: gapPrior({ complexity, ...step }),
  }));
  const newer = from === to && current.model !== proposed.model;
  const plain = mixBeliefs(parts);
  const review = isHaikuReview(view, proposed, context);
  const mixed = review
    ? { mean: plain.mean + HAIKU_REVIEW.mean, sd: Math.hypot(plain.sd, HAIKU_REVIEW.sd) }
    : plain;
  const down = mixed.mean > 0 && context.habits.chosen.has(view);
  const belief = down ? { mean: mixed.mean + CHOSEN.mean, sd: Math.hypot(mixed.sd, CHOSEN.sd) } : mixed;
  // A step up is not credited with more success before it is measured: nobody pays more for a promise.
  const mean = Math.max(0, belief.mean);
  const sources = [
    ...new Set(parts.flatMap(({ belief }) => belief.sources)),
    ...(review ? [REVIEW_SOURCE] : []),
  ];
  return newer
    ? {
        mean: belief.mean,
        sd: Math.hypot(belief.sd, NEWER_SD),
        sources: [...sources, "a later model of the same tier"],
      }
    : { mean, sd: belief.sd, sources };
}
const NEWER_SD = 0.2;
const REVIEW_SOURCE = "Haiku with thinking in one benchmark of code review";

/** Who has chosen an assignment has mostly seen a lesser one fall short; in log odds. */
const CHOSEN: Belief = { mean: 0.3, sd: 0.2 };

function earlierGeneration(tasks: readonly Task[], proposed: ModelAtEffort, context: AdviceContext): Task[] {
  const target = context.table.find(proposed.model);
  return tasks.filter((task) => {
    const entry = context.table.find(task.models[0] ?? "");
    return entry && target && entry.family === target.family && entry.released < target.released;
  });
}

function aged(gap: Belief): Belief {
  return { mean: gap.mean, sd: Math.hypot(gap.sd, GENERATION_SD) };
}

function sameComplexity(view: RoleView, tasks: readonly Task[]): Task[] {
  const wanted = new Set(tasks.map((task) => task.categories.complexity));
  return view.tasks.filter((task) => wanted.has(task.categories.complexity));
}

function taskAssignment(task: Task): ModelAtEffort {
  return task.effort ? { model: task.models[0] ?? "", effort: task.effort } : { model: task.models[0] ?? "" };
}

function dailyCounts(tasks: readonly Task[], context: AdviceContext): number[] {
  const days = Math.max(1, Math.ceil(context.days));
  const counts = Array.from({ length: days }, () => 0);
  for (const task of tasks) {
    const day = Math.min(days - 1, Math.max(0, Math.floor((context.until - task.startedAt) / 86_400_000)));
    counts[day] = (counts[day] ?? 0) + 1;
  }
  return counts;
}
