import { DAY_MS, dayOf } from "../domain/calendar.ts";
import { type Decision, isFollowed } from "../domain/decision.ts";
import { isAnswered } from "../domain/judged-task.ts";
import { tierRank } from "../domain/model.ts";
import { sum } from "../domain/numbers.ts";
import type { Policy } from "../domain/policy.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { newestOfTiers } from "../models/newest.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import type { AdviceContext, AgentFacts } from "./context.ts";
import { type AdviceTask, linkRedos } from "./failure.ts";
import { findFallbackChain } from "./fallback-chain.ts";
import { findMove, type Found, isDecided, runsOn } from "./move.ts";
import { findSplit } from "./split.ts";
import { costOf, readUnits } from "./unit.ts";

export interface AdviceOptions {
  table?: ModelTable;
  tiers?: AdviceContext["tiers"];
  /** Advice that was applied, reverted or dismissed here, the latest of each id. */
  decisions?: readonly Decision[];
  files?: AgentFacts;
  replays?: AdviceContext["replays"];
  /** Findings that are not to be shown, because the user has dismissed them. */
  ignored?: (recommendation: Recommendation) => boolean;
}

/** The advice that `recommend` shows. */
export interface Advice {
  /** The best first, at most seven, no two about the same tasks. */
  recommendations: readonly Recommendation[];
  /** Savings of all of them together, in dollars in 30 days. */
  totalUsdPerMonth: { low: number; mid: number; high: number };
  /** Number of those that are not shown. */
  left: number;
  /** Number of those that the user has dismissed. */
  ignored: number;
  /** Reasons why the most expensive work on Opus or Fable gets no advice, a sentence each. */
  reasons: readonly string[];
  /** Agents, and `main`, that have enough known outcomes to decide about their model. */
  decided: readonly string[];
}

const MOST_SHOWN = 7;
const ANY_FILE: AgentFacts = { decidedBy: () => "here", inherits: () => false, followsMain: () => false };

/**
 * Finds what the tasks of `period` (ms since the epoch) say should change. Pure, and the same for the same input: random numbers come from
 * random seeds of their own.
 */
export function recommend(
  tasks: readonly AdviceTask[],
  policy: Policy,
  period: { since: number; until: number },
  options: AdviceOptions = {},
): Advice {
  return recommendIn(contextOf(tasks, policy, period, options), policy, options.ignored);
}

/** Finds the advice in a context. */
export function recommendIn(
  context: AdviceContext,
  policy: Policy,
  ignored: AdviceOptions["ignored"],
): Advice {
  const moving = new Set(followed(context.decisions).map(({ agent }) => agent));
  const found = context.units.map((unit) => findSplit(unit, context) ?? findMove(unit, context));
  const moves = found.flatMap((one) =>
    "recommendation" in one && !moving.has(one.unit.agent) ? [one.recommendation] : [],
  );
  const all = [...moves, ...findFallbackChain(context.tasks, policy.main.fallbackModel, context.days)].filter(
    ({ id }) =>
      !context.decisions.some((decision) => isFollowed(decision) && decision.recommendation.id === id),
  );
  const open = all.filter((one) => !ignored?.(one)).toSorted((a, b) => rank(b) - rank(a));
  const shown = open.slice(0, MOST_SHOWN);
  const isTrying = moving.size > 0 || open.some(({ confidence }) => confidence !== "watch");
  return {
    recommendations: shown,
    totalUsdPerMonth: totalOf(shown),
    left: open.length - shown.length,
    ignored: all.length - open.length,
    reasons: isTrying ? [] : reasonsFor(found, context),
    decided: context.units
      .filter((unit) => moving.has(unit.agent) || isDecided(unit))
      .map(({ agent }) => agent),
  };
}

/** Gathers what advice on some tasks is made from. */
export function contextOf(
  all: readonly AdviceTask[],
  policy: Policy,
  { since, until }: { since: number; until: number },
  { table = createModelTable(), tiers, decisions = [], files = ANY_FILE, replays = new Map() }: AdviceOptions,
): AdviceContext {
  const tasks = all.filter(({ startedAt }) => startedAt >= since && startedAt < until);
  const aliases = tiers ?? TIER_MODELS;
  const first = tasks.reduce((at, { startedAt }) => Math.min(at, startedAt), until);
  const last = tasks.reduce((at, { startedAt }) => Math.max(at, startedAt), first);
  const assigned = new Map(
    decisions.flatMap(({ step, recommendation: { subject, current, proposed } }) => {
      const to = step === "reverted" ? current : step === "dismissed" ? null : proposed;
      return to && subject.category === null
        ? [[subject.agent ?? "", runsOn(to, { tiers: aliases })] as const]
        : [];
    }),
  );
  const ran = tasks.filter(isAnswered);
  const redos = linkRedos(ran);
  return {
    tasks,
    units: readUnits(ran, redos, assigned),
    redos,
    table,
    tiers: tiers ?? newestOfTiers(table, dayOf(until, "UTC")),
    aliases,
    days: Math.max(7, (last - first) / DAY_MS),
    tolerance: policy.tolerance / 100,
    decisions,
    files,
    replays,
  };
}

/** The agents whose trial is running: one step at a time. */
function followed(decisions: readonly Decision[]): { agent: string | null }[] {
  return decisions
    .filter(({ step, recommendation }) => step === "applied" && recommendation.trial)
    .map(({ recommendation }) => recommendation.subject);
}

/** Dollars, and twice as many where no trial is needed. */
function rank({ savingsUsdPerMonth, confidence }: Recommendation): number {
  return savingsUsdPerMonth.mid * (confidence === "act" ? 2 : 1);
}

/** From this share of the spend and so many dollars in 30 days on, Opus and Fable need advice or a reason. */
const EXPENSIVE_SHARE = 0.8;
const EXPENSIVE_USD = 20;
const MOST_REASONS = 3;

function reasonsFor(found: readonly Found[], { units, table, days }: AdviceContext): string[] {
  const total = sum(units.map(({ tasks }) => costOf(tasks)));
  const isExpensive = (model: string) => tierRank(table.find(model)?.family ?? "haiku") >= tierRank("opus");
  const expensive = units.filter(({ current }) => isExpensive(current.model));
  const share = sum(expensive.map(({ tasks }) => costOf(tasks))) / Math.max(1, total);
  if (share < EXPENSIVE_SHARE || ((total / 1e9) * 30) / days < EXPENSIVE_USD) return [];
  return found
    .flatMap((one) => ("why" in one && expensive.includes(one.unit) ? [one.why] : []))
    .slice(0, MOST_REASONS);
}

/** Recommendations are about different tasks, so their middles add up; their errors count as independent. */
function totalOf(shown: readonly Recommendation[]): Advice["totalUsdPerMonth"] {
  const mid = sum(shown.map(({ savingsUsdPerMonth }) => savingsUsdPerMonth.mid));
  const below = Math.hypot(...shown.map(({ savingsUsdPerMonth: { low, mid } }) => mid - low));
  const above = Math.hypot(...shown.map(({ savingsUsdPerMonth: { mid, high } }) => high - mid));
  return { low: mid - below, mid, high: mid + above };
}
