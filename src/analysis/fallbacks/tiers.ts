import { compareText } from "../../domain/compare.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import { FAMILIES, type Tier, tierRank } from "../../domain/model.ts";
import { escalationFields, type EscalationRate, type Rate, wilson } from "../../domain/rate.ts";
import { type Outcome, OUTCOMES, type Task } from "../../domain/task.ts";

/** The verdict on a tier, by the worse of its two rates; fewer than 20 tasks get none (docs/definitions.md). */
export type TierVerdict = "excellent" | "good" | "review" | "too-few";

/** Outcomes of the tasks that started on a tier. */
export interface TierReport extends EscalationRate {
  /** The tier. */
  tier: Tier;
  /** Tasks that started on it. */
  started: number;
  /** Tasks by outcome. */
  outcomes: Record<Outcome, number>;
  /** Accepted of those with a known outcome; in its interval weak evidence counts for less. */
  successRate: Rate;
  /** The evidence for its accepted tasks. */
  accepted: AcceptedBy;
  /** Tasks without a known outcome, as a share. */
  unknownShare: number;
  /** Verdict on the tier. */
  verdict: TierVerdict;
}

/** Accepted tasks by what says so. */
export interface AcceptedBy {
  /** A check passed after the last change. */
  check: number;
  /** A commit, the user's word, or an agent's report. */
  other: number;
  /** Only that the user continued. */
  continued: number;
}

/** From this many known outcomes on a rate says something. */
const ENOUGH_KNOWN = 20;

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
  const successRate = successRateOf(tasks);
  const escalated = wilson(tasks.filter(isFallback).length, tasks.length);
  return {
    tier,
    started: tasks.length,
    outcomes,
    successRate,
    accepted: acceptedBy(tasks),
    ...escalationFields(escalated),
    unknownShare: tasks.length === 0 ? 0 : outcomes.unknown / tasks.length,
    verdict: verdictOf(escalated.value ?? 0, successRate.value, tasks.length - outcomes.unknown),
  };
}

/** The weight of a task in an interval when its verdict rests on weak evidence. */
const WEAK_WEIGHT = 0.5;

/** Returns accepted ÷ tasks with a known outcome. Weak evidence makes the interval wider, as half a task would. */
export function successRateOf(tasks: readonly Task[]): Rate {
  const known = tasks.filter(({ outcome }) => outcome !== "unknown");
  if (known.length === 0) return wilson(0, 0);
  const share = known.filter(({ outcome }) => outcome === "accepted").length / known.length;
  const weak = known.filter(({ strength }) => strength === "weak").length;
  const trials = known.length - weak * (1 - WEAK_WEIGHT);
  return { ...wilson(share * trials, trials), value: share };
}

function acceptedBy(tasks: readonly JudgedTask[]): AcceptedBy {
  const accepted = tasks.filter(({ outcome }) => outcome === "accepted");
  const continued = accepted.filter(({ strength }) => strength === "weak").length;
  const check = accepted.filter(
    ({ strength, verification }) => strength === "strong" && verification === "passed",
  ).length;
  return { check, other: accepted.length - continued - check, continued };
}

/**
 * It finished on a higher tier because its own was not good enough. Availability often goes down a tier and says nothing
 * about quality, and opusplan changes tiers by design: neither counts.
 */
function isFallback({ outcome, startTier, finalTier }: JudgedTask): boolean {
  if (outcome !== "escalated" || startTier === undefined || finalTier === undefined) return false;
  return tierRank(finalTier) > tierRank(startTier);
}

/**
 * Below 5 % excellent, 5 to 15 % good, above that the routing needs a review. The bands hold for what fell
 * back and for what did not succeed alike: a tier whose tasks fail is not good because nobody went to a higher one.
 */
export function verdictOf(escalated: number, successRate: number | null, known: number): TierVerdict {
  if (known < ENOUGH_KNOWN || successRate === null) return "too-few";
  const rate = Math.max(escalated, 1 - successRate);
  if (rate < 0.05) return "excellent";
  return rate <= 0.15 ? "good" : "review";
}

export function countOutcomes(tasks: readonly JudgedTask[]): Record<Outcome, number> {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  for (const { outcome } of tasks) counts[outcome]++;
  return counts;
}

/** One row of a breakdown: what kind of tasks, and how they ended. */
export interface GroupReport extends EscalationRate {
  /** Grouping of the tasks. */
  by: "category" | "complexity" | "role";
  /** The category, complexity or role. */
  name: string;
  /** Number of tasks. */
  tasks: number;
  /** Tasks by outcome. */
  outcomes: Record<Outcome, number>;
  /** Accepted tasks ÷ tasks with a known outcome. */
  successRate: Rate;
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
      .sort((a, b) => b.tasks - a.tasks || compareText(a.name, b.name)),
  );
}

function reportGroup(by: GroupReport["by"], name: string, tasks: readonly JudgedTask[]): GroupReport {
  const outcomes = countOutcomes(tasks);
  return {
    by,
    name,
    tasks: tasks.length,
    outcomes,
    successRate: successRateOf(tasks),
    ...escalationFields(wilson(tasks.filter(isFallback).length, tasks.length)),
  };
}
