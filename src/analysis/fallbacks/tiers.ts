import type { JudgedTask } from "../../domain/judged-task.ts";
import { FAMILIES, type Tier, tierRank } from "../../domain/model.ts";
import { type Rate, wilson } from "../../domain/rate.ts";
import { type Outcome, OUTCOMES } from "../../domain/task.ts";

/** The seeds' bands for a fallback rate; a rate of fewer than 20 tasks gets none (docs/definitions.md). */
export type Verdict = "excellent" | "good" | "review" | "too-few";

/** How the tasks that started on a tier ended. */
export interface TierReport {
  tier: Tier;
  started: number;
  outcomes: Record<Outcome, number>;
  /** Accepted of those with a known outcome. */
  successRate: Rate;
  /** Finished on a higher tier because this one failed, refused or was not good enough, of all that started here. */
  fallbackRate: Rate;
  unknownShare: number;
  verdict: Verdict;
}

/** From this many tasks on a rate says something. */
export const ENOUGH_TASKS = 20;

export function reportTiers(tasks: readonly JudgedTask[]): TierReport[] {
  return FAMILIES.map((tier) =>
    reportTier(
      tier,
      tasks.filter((task) => task.startTier === tier),
    ),
  ).filter(({ started }) => started > 0);
}

function reportTier(tier: Tier, tasks: readonly JudgedTask[]): TierReport {
  const outcomes = countOutcomes(tasks);
  const known = tasks.length - outcomes.unknown;
  const fallbackRate = wilson(tasks.filter(isFallback).length, tasks.length);
  return {
    tier,
    started: tasks.length,
    outcomes,
    successRate: wilson(outcomes.accepted, known),
    fallbackRate,
    unknownShare: tasks.length === 0 ? 0 : outcomes.unknown / tasks.length,
    verdict: verdictOf(fallbackRate.value ?? 0, tasks.length),
  };
}

/**
 * It finished on a higher tier because its own was not good enough. Availability often goes down a tier and says nothing
 * about quality, and opusplan goes up and down by design: neither counts.
 */
function isFallback({ outcome, startTier, finalTier }: JudgedTask): boolean {
  if (outcome !== "escalated" || startTier === undefined || finalTier === undefined) return false;
  return tierRank(finalTier) > tierRank(startTier);
}

/** Below 5 % excellent, 5 to 15 % good, above that the routing wants a review (seed: fallback guide). */
export function verdictOf(rate: number, tasks: number): Verdict {
  if (tasks < ENOUGH_TASKS) return "too-few";
  if (rate < 0.05) return "excellent";
  return rate <= 0.15 ? "good" : "review";
}

export function countOutcomes(tasks: readonly JudgedTask[]): Record<Outcome, number> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of tasks) counts[outcome]++;
  return counts;
}

/** One row of a breakdown: what kind of tasks, and how they ended. */
export interface GroupReport {
  by: "category" | "complexity" | "role";
  name: string;
  tasks: number;
  outcomes: Record<Outcome, number>;
  successRate: Rate;
  fallbackRate: Rate;
}

/** Rates within both groupings and within roles, since harder work goes to stronger models. */
export function reportGroups(tasks: readonly JudgedTask[]): GroupReport[] {
  const names = {
    complexity: (task: JudgedTask) => task.categories.complexity,
    category: (task: JudgedTask) => task.categories.category,
    role: (task: JudgedTask) => task.role,
  } as const;
  return (["category", "complexity", "role"] as const).flatMap((by) =>
    [...Map.groupBy(tasks, names[by])]
      .map(([name, group]) => reportGroup(by, name, group))
      .sort((a, b) => b.tasks - a.tasks || a.name.localeCompare(b.name)),
  );
}

function reportGroup(by: GroupReport["by"], name: string, tasks: readonly JudgedTask[]): GroupReport {
  const outcomes = countOutcomes(tasks);
  return {
    by,
    name,
    tasks: tasks.length,
    outcomes,
    successRate: wilson(outcomes.accepted, tasks.length - outcomes.unknown),
    fallbackRate: wilson(tasks.filter(isFallback).length, tasks.length),
  };
}
