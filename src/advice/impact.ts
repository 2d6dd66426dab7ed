import type { Decision } from "../domain/decision.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import { compareGroups, knownOf, recency, weigh } from "./compare.ts";
import { update } from "./prior.ts";
import { createRepricer } from "./reprice.ts";
import { effortOf } from "./role-view.ts";
import { drawSavings } from "./savings.ts";
import { normalQuantile } from "./statistics/normal.ts";
import type { Interval } from "./statistics/rates.ts";
import { reviewTrial, type TrialReview } from "./trial.ts";

/** What became of a forecast. */
export type ImpactVerdict = "held" | "fell-short" | "backfired" | "too-early";

/** One change that advice made, forecast against measured. */
export interface Impact {
  decision: Decision;
  verdict: ImpactVerdict;
  /** Tasks of the role since then at what was proposed. */
  tasks: number;
  known: number;
  /** Dollars in 30 days and the change of success; undefined where there is too little to measure. */
  savingsUsdPerMonth: Interval | undefined;
  successChange: Interval | undefined;
  /** Where it is a trial. */
  trial?: TrialReview;
}

/** Fewer known outcomes measure nothing. */
const LEAST = 10;
/** With so many, a forecast that is not reached has fallen short. */
const ENOUGH = 20;
const DAY_MS = 86_400_000;
/** How much of the time before the change is compared with. */
const BEFORE_DAYS = 60;
const Z90 = normalQuantile(0.95);

/** Measures an applied move on the role's tasks before and after it; undefined for advice that moved nothing. */
export function measureImpact(
  decision: Decision,
  tasks: readonly Task[],
  options: { now: number; tolerance: number; table: ModelTable },
): Impact | undefined {
  const { current, proposed, subject } = decision.recommendation;
  if (!current || !proposed) return undefined;
  const own = tasks.filter((task) => task.role === subject.role);
  const since = decision.at - BEFORE_DAYS * DAY_MS;
  const before = own.filter(
    (task) => task.startedAt >= since && task.startedAt < decision.at && isAt(task, current, options.table),
  );
  const after = own.filter((task) => task.startedAt >= decision.at && isAt(task, proposed, options.table));
  const known = knownOf(after).length;
  const measured =
    before.length > 0 && known >= LEAST ? measure(before, after, decision, options) : undefined;
  const trial = reviewOf(decision, before, after);
  return {
    decision,
    verdict: verdictOf(decision, known, measured, trial, options.tolerance),
    tasks: after.length,
    known,
    savingsUsdPerMonth: measured?.savings,
    successChange: measured?.change,
    ...(trial && { trial }),
  };
}

interface Measured {
  savings: Interval;
  change: Interval;
}

function measure(
  before: readonly Task[],
  after: readonly Task[],
  { at, recommendation }: Decision,
  { now, table }: { now: number; table: ModelTable },
): Measured {
  const proposed = recommendation.proposed as ModelAtEffort;
  const reprice = createRepricer(proposed, table) ?? (() => 0);
  const { change, gap, costRatio } = compareGroups(before, after, reprice, { until: now, z: Z90 });
  const days = Math.max(1, (now - at) / DAY_MS);
  const savings = drawSavings({
    seed: recommendation.id,
    tasks: before.map((task) => ({
      weight: recency(task, now),
      nowNano: task.costNano,
      thenNano: reprice(task),
    })),
    outcomes: weigh(before, now),
    // Beliefs so weak that what was measured decides.
    gap: update({ mean: 0, sd: 1 }, gap),
    costRatio: update({ mean: 0, sd: 1 }, costRatio),
    monthlyTasks: (after.length / days) * 30,
    dailyTasks: [after.length],
  });
  return { savings, change };
}

function reviewOf(
  { recommendation, step }: Decision,
  before: readonly Task[],
  after: readonly Task[],
): TrialReview | undefined {
  if (!recommendation.trial || step === "kept" || before.length === 0) return undefined;
  const { accepted, known } = recommendation.evidence.current;
  const costNano = before.reduce((sum, task) => sum + task.costNano, 0) / before.length;
  return reviewTrial(after, { rate: known > 0 ? accepted / known : 0.8, costNano }, recommendation.trial);
}

function verdictOf(
  { recommendation }: Decision,
  known: number,
  measured: Measured | undefined,
  trial: TrialReview | undefined,
  tolerance: number,
): ImpactVerdict {
  if (trial?.verdict === "take-back") return "backfired";
  if (!measured || trial?.verdict === "running") return "too-early";
  const { savings, change } = measured;
  if (change.high < -tolerance || savings.high < 0) return "backfired";
  const { low } = recommendation.savingsUsdPerMonth;
  if (savings.mid >= low) return "held";
  return savings.high < low || known >= ENOUGH ? "fell-short" : "too-early";
}

/** Whether a task ran on an assignment; an effort that is not said is the model's default. */
function isAt(task: Task, wanted: ModelAtEffort, table: ModelTable): boolean {
  const model = task.models[0] ?? "";
  const ran = task.effort ? { model, effort: task.effort } : { model };
  return model === wanted.model && effortOf(ran, table) === effortOf(wanted, table);
}
