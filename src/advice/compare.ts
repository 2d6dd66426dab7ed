import type { Task } from "../domain/task.ts";
import { scoreDifficulty, type Difficulty } from "./difficulty.ts";
import type { Belief } from "./prior.ts";
import { logit } from "./statistics/normal.ts";
import {
  differenceOfRates,
  effectiveSize,
  widen,
  type Count,
  type Interval,
  type Stratum,
} from "./statistics/rates.ts";

/** Like with like: what two groups of tasks say about moving the first one's work to the second one's assignment. */
export interface Comparison {
  /** Change of the success rate, proposed − current, at the confidence asked for. */
  change: Interval;
  /** The same as log odds lost, with its standard error: what a prior can be updated with. */
  gap: Belief;
  /** Log of the proposed group's cost per task ÷ what the current group's tasks were repriced to, like with like. */
  costRatio: Belief;
  /** Share of the current group's tasks for which the proposed group holds comparable ones. */
  overlap: number;
  /** Difference of mean difficulty in standard deviations, positive where the current group's work is harder. */
  imbalance: number;
}

/** Weight of a task as evidence by its age: half after each 30 days. */
export function recency(task: Task, until: number): number {
  return 0.5 ** ((until - task.startedAt) / HALF_LIFE_MS);
}
const HALF_LIFE_MS = 30 * 86_400_000;

/**
 * Inferred outcomes are wrong for about one task in ten, in both directions, which draws two rates together by a fifth;
 * undone as for any imperfect test (Rogan and Gladen 1978).
 */
const OUTCOME_ERROR = 0.1;
export const STRETCH = 1 / (1 - 2 * OUTCOME_ERROR);

/** The rate behind an observed one. */
export function trueRate(observed: number): number {
  return Math.min(0.98, Math.max(0.02, (observed - OUTCOME_ERROR) * STRETCH));
}

/**
 * How much the success of tasks with an unknown outcome may differ from that of the others (a pattern-mixture model, Rubin
 * 1977): mostly in the same way for both groups, a little in its own way for each.
 */
const UNKNOWN_SHARED_SD = 0.1;
const UNKNOWN_OWN_SD = 0.03;

/** In how many bands of difficulty; five remove nine tenths of the bias that difficulty can bring in (Cochran 1968). */
const BANDS = 5;
/** A stratum is comparable with so many known outcomes on the proposed side. */
const COMPARABLE = 2;

/** Compares within complexity and band of difficulty, standardised to the current group's work. */
export function compareGroups(
  current: readonly Task[],
  proposed: readonly Task[],
  reprice: (task: Task) => number,
  options: { until: number; z: number },
): Comparison {
  const difficulty = scoreDifficulty([current, proposed]);
  const cells = stratify(current, proposed, difficulty);
  const both = cells.filter((cell) => knownOf(cell.proposed).length >= COMPARABLE && cell.current.length > 0);
  const covered = both.reduce((sum, cell) => sum + cell.current.length, 0);
  const strata = both.map((cell) => stratumOf(cell, cell.current.length / covered, options.until));
  const change = changeOf(strata, current, proposed, options.z);
  return {
    change,
    gap: gapOf(strata, changeOf(strata, current, proposed, 1)),
    costRatio: costRatioOf(both, covered, reprice),
    overlap: covered / current.length,
    imbalance: meanOf(current, difficulty) - meanOf(proposed, difficulty),
  };
}

/** Difference of mean difficulty above which adjusting for it is not trusted (Rubin 2001). */
const ALIKE = 0.25;
/** Share of the work that must have comparable tasks on the other side. */
const OVERLAP = 0.8;
/** Whether the two groups did work that is alike enough to be compared. */
export function isAlike({ imbalance, overlap }: Comparison): boolean {
  return Math.abs(imbalance) <= ALIKE && overlap >= OVERLAP;
}

interface PairedTasks {
  current: Task[];
  proposed: Task[];
}

function stratify(
  current: readonly Task[],
  proposed: readonly Task[],
  difficulty: Difficulty,
): PairedTasks[] {
  const cuts = quantiles(current.map((task) => difficulty.get(task) ?? 0));
  const cells = new Map<string, PairedTasks>();
  for (const side of ["current", "proposed"] as const)
    for (const task of side === "current" ? current : proposed) {
      const score = difficulty.get(task) ?? 0;
      const key = `${task.categories.complexity} ${cuts.filter((cut) => score > cut).length}`;
      const cell = cells.get(key) ?? { current: [], proposed: [] };
      cell[side].push(task);
      cells.set(key, cell);
    }
  return [...cells.values()];
}

function quantiles(scores: readonly number[]): number[] {
  const sorted = scores.toSorted((a, b) => a - b);
  const cuts = Array.from(
    { length: BANDS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BANDS)] ?? 0,
  );
  return [...new Set(cuts)];
}

function stratumOf(cell: PairedTasks, weight: number, until: number): Stratum {
  return { weight, current: weigh(cell.current, until), proposed: weigh(cell.proposed, until) };
}

/** Accepted and known outcomes, weighted by recency and scaled to the effective number of tasks. */
export function weigh(tasks: readonly Task[], until: number): Count {
  const known = knownOf(tasks).map((task) => ({
    weight: recency(task, until),
    hit: task.outcome === "accepted",
  }));
  const sum = known.reduce((at, { weight }) => at + weight, 0);
  const hits = known.reduce((at, { weight, hit }) => at + (hit ? weight : 0), 0);
  const size = effectiveSize(known.map(({ weight }) => weight));
  return { accepted: sum > 0 ? (hits / sum) * size : 0, known: size };
}

function changeOf(
  strata: readonly Stratum[],
  current: readonly Task[],
  proposed: readonly Task[],
  z: number,
): Interval {
  const { low, mid, high } = differenceOfRates(strata, z);
  const stretched = { low: low * STRETCH, mid: mid * STRETCH, high: high * STRETCH };
  const [before, after] = [unknownShare(current), unknownShare(proposed)];
  const sd = Math.hypot((before - after) * UNKNOWN_SHARED_SD, Math.hypot(before, after) * UNKNOWN_OWN_SD);
  return widen(stretched, sd, z);
}

/** The change of rates as log odds lost, its error by the delta method. */
function gapOf(strata: readonly Stratum[], change: Interval): Belief {
  if (strata.length === 0) return { mean: 0, sd: Infinity };
  const before = trueRate(
    strata.reduce(
      (at, { weight, current }) => at + weight * (current.known ? current.accepted / current.known : 0.5),
      0,
    ),
  );
  const after = Math.min(0.99, Math.max(0.02, before + change.mid));
  const slope = Math.max(0.02, Math.min(before * (1 - before), after * (1 - after)));
  return { mean: logit(before) - logit(after), sd: (change.high - change.low) / 2 / slope };
}

function costRatioOf(
  cells: readonly PairedTasks[],
  covered: number,
  reprice: (task: Task) => number,
): Belief {
  const tasks = cells.flatMap((cell) => cell.proposed);
  if (tasks.length < COMPARABLE) return { mean: 0, sd: Infinity };
  const sums = cells.map((cell) => ({
    weight: cell.current.length / covered,
    expected: meanBy(cell.current, reprice),
    seen: meanBy(cell.proposed, (task) => task.costNano),
  }));
  const expected = sums.reduce((at, { weight, expected }) => at + weight * expected, 0);
  const seen = sums.reduce((at, { weight, seen }) => at + weight * seen, 0);
  if (expected <= 0 || seen <= 0) return { mean: 0, sd: Infinity };
  const current = cells.flatMap((cell) => cell.current);
  return {
    mean: Math.log(seen / expected),
    sd: Math.max(
      0.05,
      Math.hypot(relativeError(tasks.map((task) => task.costNano)), relativeError(current.map(reprice))),
    ),
  };
}

/** Standard error of a mean, relative to it; with few values at least what costs usually vary. */
function relativeError(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const usual = (USUAL_SPREAD * mean) ** 2 * USUAL_TASKS;
  return Math.sqrt((variance + usual) / (values.length + USUAL_TASKS) / values.length) / mean;
}
/** Costs of tasks vary by about so much of their mean, believed as firmly as this many tasks would make one. */
const USUAL_SPREAD = 0.6;
const USUAL_TASKS = 5;

export function knownOf(tasks: readonly Task[]): Task[] {
  return tasks.filter((task) => task.outcome !== "unknown");
}

function unknownShare(tasks: readonly Task[]): number {
  return tasks.length === 0 ? 0 : 1 - knownOf(tasks).length / tasks.length;
}

function meanOf(tasks: readonly Task[], difficulty: Difficulty): number {
  return meanBy(tasks, (task) => difficulty.get(task) ?? 0);
}

function meanBy(tasks: readonly Task[], value: (task: Task) => number): number {
  return tasks.reduce((sum, task) => sum + value(task), 0) / Math.max(1, tasks.length);
}
