import type { Policy } from "../domain/policy.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { knownOf } from "./compare.ts";
import { isWorthSaying } from "./decide.ts";
import type { AdviceContext } from "./context.ts";
import type { AdviceFinding } from "./finding.ts";
import { observeHabits } from "./habits.ts";
import { groupByRole, type AdviceTask } from "./role-view.ts";
import { RULES } from "./rules/index.ts";
import { normalQuantile } from "./statistics/normal.ts";

export interface AdviceOptions {
  table?: ModelTable;
  tiers?: AdviceContext["tiers"];
  /** Roles that are where they are because advice was followed. */
  advised?: ReadonlySet<string>;
  /** Findings that are not to be shown, because the user has decided on them. */
  ignored?: (recommendation: Recommendation) => boolean;
}

/** What `recommend` says. */
export interface Advice {
  /** The best first, at most seven, no two about the same tasks. */
  recommendations: readonly Recommendation[];
  /** What all of them together save, in dollars in 30 days. */
  totalUsdPerMonth: { low: number; mid: number; high: number };
  /** How many more there are. */
  left: number;
  /** How many were found that the user has decided on already. */
  ignored: number;
}

const MOST_SHOWN = 7;
/** The definition of `act`: known outcomes on each side (docs/definitions.md). */
const ENOUGH = 20;
const DAY_MS = 86_400_000;

/**
 * What the tasks of `period` (ms since the epoch) say should change in `policy`. Pure, and the same for the same input:
 * what is drawn at random is drawn from seeds of its own.
 */
export function recommend(
  tasks: readonly AdviceTask[],
  policy: Policy,
  period: { since: number; until: number },
  options: AdviceOptions = {},
): Advice {
  const inPeriod = tasks.filter((task) => task.startedAt >= period.since && task.startedAt < period.until);
  const context = contextOf(inPeriod, policy, period.until, options);
  const found = RULES.flatMap((rule) => rule.recommend(context));
  const open = found.filter(({ recommendation }) => !options.ignored?.(recommendation));
  // What was decided on counts: following the best advice must not make the rest fall silent.
  const says = isWorthSaying(withoutOverlap(found), context);
  const kept = says ? withoutOverlap(open) : [];
  const shown = kept.slice(0, MOST_SHOWN).map(({ recommendation }) => recommendation);
  return {
    recommendations: shown,
    totalUsdPerMonth: totalOf(shown),
    left: kept.length - shown.length,
    ignored: found.length - open.length,
  };
}

function contextOf(
  tasks: readonly AdviceTask[],
  policy: Policy,
  until: number,
  { table = createModelTable(), tiers = TIER_MODELS, advised = new Set() }: AdviceOptions,
): AdviceContext {
  const roles = groupByRole(tasks);
  const first = tasks.reduce((at, task) => Math.min(at, task.startedAt), until);
  const days = Math.max(7, (until - first) / DAY_MS);
  const spent = tasks.reduce((sum, task) => sum + task.costNano, 0) / 1e9;
  const compared = roles.flatMap(({ groups }) =>
    groups.filter((group) => knownOf(group.tasks).length >= ENOUGH).slice(1),
  );
  return {
    tasks,
    roles,
    habits: observeHabits(roles, table, until, advised),
    policy,
    table,
    tiers,
    until,
    days,
    tolerance: policy.tolerance / 100,
    enough: ENOUGH,
    // Bonferroni: with many roles and models one of them looks good by luck.
    z: normalQuantile(1 - 0.05 / Math.max(1, compared.length)),
    monthlyUsd: (spent / days) * 30,
    assessed: new Map(),
  };
}

/** The findings, best first, without those whose tasks a better one already moves. */
function withoutOverlap(findings: readonly AdviceFinding[]): AdviceFinding[] {
  const moved = new Set<Task>();
  const ordered = findings.toSorted((a, b) => b.preference - a.preference);
  return ordered.filter(({ tasks }) => {
    if (tasks.some((task) => moved.has(task))) return false;
    for (const task of tasks) moved.add(task);
    return true;
  });
}

/** Findings are about different tasks, so their middles add up; their errors are taken for independent. */
function totalOf(shown: readonly Recommendation[]): Advice["totalUsdPerMonth"] {
  const mid = shown.reduce((sum, { savingsUsdPerMonth }) => sum + savingsUsdPerMonth.mid, 0);
  const below = Math.hypot(...shown.map(({ savingsUsdPerMonth: { low, mid } }) => mid - low));
  const above = Math.hypot(...shown.map(({ savingsUsdPerMonth: { mid, high } }) => high - mid));
  return { low: mid - below, mid, high: mid + above };
}
