import { trueRate } from "./compare.ts";
import type { Belief } from "./prior.ts";
import { fromLogit, logit } from "./statistics/normal.ts";
import { createRandom, drawBeta, drawNormal, seedOf } from "./statistics/random.ts";
import type { Count, Interval } from "./statistics/rates.ts";

export interface SavingsQuestion {
  /** The same text draws the same numbers. */
  seed: string;
  /** Each task's cost now and as repriced, with its weight as evidence. */
  tasks: readonly { weight: number; nowNano: number; thenNano: number }[];
  /** Outcomes at the current assignment. */
  outcomes: Count;
  /** Log odds of success lost. */
  gap: Belief;
  /** Log of the true cost ÷ the repriced one. */
  costRatio: Belief;
  /** Tasks in 30 days. */
  monthlyTasks: number;
  /** Tasks on each day of the period. */
  dailyTasks: readonly number[];
}

const DRAWS = 400;

/**
 * Dollars in 30 days that the proposal saves, with its 95 % interval. A task that was not accepted is paid for again, so
 * what counts is cost ÷ success rate: the `n` tasks of a month are `n × p` accepted ones, which at the proposed assignment
 * take `n × p ÷ p′` tasks. Costs are drawn by the Bayesian bootstrap (Rubin 1981), rates from their Beta posterior, the
 * change of success and of tokens from what is believed of them, and the volume from how much the days differ.
 */
export function drawSavings(question: SavingsQuestion): Interval {
  const random = createRandom(seedOf(question.seed));
  const { tasks, outcomes, gap, costRatio, monthlyTasks } = question;
  const volumeError = relativeError(question.dailyTasks);
  const draws = Array.from({ length: DRAWS }, () => {
    let [weight, now, then] = [0, 0, 0];
    for (const task of tasks) {
      const drawn = -Math.log(1 - random()) * task.weight;
      weight += drawn;
      now += drawn * task.nowNano;
      then += drawn * task.thenNano;
    }
    const missed = outcomes.known - outcomes.accepted;
    const before = trueRate(drawBeta(random, outcomes.accepted + 8, missed + 2));
    const after = fromLogit(logit(before) - gap.mean - gap.sd * drawNormal(random));
    const ratio = Math.exp(costRatio.mean + costRatio.sd * drawNormal(random));
    const volume = monthlyTasks * Math.max(0, 1 + volumeError * drawNormal(random));
    return (volume * (now - (then * ratio * before) / after)) / weight / 1e9;
  }).toSorted((a, b) => a - b);
  const at = (share: number) => draws[Math.round(share * (DRAWS - 1))] ?? 0;
  return { low: at(0.025), mid: at(0.5), high: at(0.975) };
}

/** Standard error of the mean day, relative to it; at least what counting alone brings in (Poisson). */
function relativeError(daily: readonly number[]): number {
  const total = daily.reduce((sum, count) => sum + count, 0);
  const mean = total / daily.length;
  const variance = daily.reduce((sum, count) => sum + (count - mean) ** 2, 0) / Math.max(1, daily.length - 1);
  return total === 0 ? 0 : Math.max(1 / Math.sqrt(total), Math.sqrt(variance / daily.length) / mean);
}
