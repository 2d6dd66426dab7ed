import { DAY_MS } from "../../domain/calendar.ts";
import { NO_SETUP, type SessionSetup } from "../../domain/offered.ts";
import {
  ADVICE_KINDS,
  type SimulatedAdvice,
  type AdviceKind,
  type Range,
  type Risk,
} from "../../domain/simulation.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { Change, GainLevel, Plan } from "./change.ts";
import { avoidLoss } from "./changes/avoid-loss.ts";
import { baseSize } from "./changes/base-size.ts";
import { bigResults } from "./changes/big-results.ts";
import { cacheLifetime } from "./changes/cache-lifetime.ts";
import { compactWindow } from "./changes/compact-window.ts";
import { exploreAgent } from "./changes/explore-agent.ts";
import { agentModel, mainModel } from "./changes/models.ts";
import { clearAfterCommit, coldPrompt } from "./changes/new-session.ts";
import { newerModel } from "./changes/newer-model.ts";
import { oneCall } from "./changes/one-call.ts";
import { quietAgents } from "./changes/quiet-agents.ts";
import { type SimulationPrices, pricesOfThen, totalCost } from "./cost.ts";
import { measureFacts } from "./facts.ts";
import { MEASURES } from "./measures.ts";
import type { StepThread } from "./steps.ts";

/** A kind with what is always true of it. */
interface WaterfallRule {
  change: Change;
  risk: Risk;
  isTrial?: true;
}

const RULES: Readonly<Record<AdviceKind, WaterfallRule>> = {
  "compact-window": { change: compactWindow, risk: "low" },
  "newer-model": { change: newerModel, risk: "low", isTrial: true },
  "cache-lifetime": { change: cacheLifetime, risk: "none" },
  "cold-prompt": { change: coldPrompt, risk: "medium" },
  "clear-after-commit": { change: clearAfterCommit, risk: "medium" },
  "base-size": { change: baseSize, risk: "low" },
  "explore-agent": { change: exploreAgent, risk: "low" },
  "big-results": { change: bigResults, risk: "low" },
  "one-call": { change: oneCall, risk: "none" },
  "agent-model": { change: agentModel, risk: "medium", isTrial: true },
  "main-model": { change: mainModel, risk: "high", isTrial: true },
  "quiet-agents": { change: quietAgents, risk: "none" },
  "avoid-loss": { change: avoidLoss, risk: "none" },
};

/** The result of simulations on a history. */
export interface Simulation {
  /** Each counts only what the ones before it in ADVICE_KINDS leave. */
  advice: SimulatedAdvice[];
  /** Nano-dollars of all threads, simulated without any change. */
  unchanged: number;
  /** The same at the prices of then. */
  unchangedThen: number;
  /** The main threads alone: at the prices of then, and what all advice leaves of them at today's. */
  main: { unchangedThen: number; left: number };
  /** Months of 30 days from the first to the last request. */
  months: number;
}

/** The subject of other advice, so that no dollar is claimed twice. */
export interface OtherAdvice {
  kinds?: readonly AdviceKind[];
  /** Agent types whose model it proposes to change. */
  agents?: readonly string[];
}

/** Counts up when the same history gives other advice, so that what is kept is computed again. */
export const SIMULATION_RULES = 5;

/** Advice is worth following above this, a month. */
const LEAST_NANO = 1e9;
const LEAST_SHARE = 0.01;

/**
 * Simulates every kind of advice on a history, one after the other on what the safer ones leave. Advice that saves too little
 * is left out and changes nothing, and so is what other advice covers.
 */
export function simulate(
  threads: readonly StepThread[],
  models: ModelTable,
  pricing: SimulationPrices,
  { kinds = [], agents = [] }: OtherAdvice = {},
  setup: SessionSetup = NO_SETUP,
): Simulation {
  const then = pricesOfThen(models);
  const unchanged = totalCost(threads, pricing);
  const months = monthsOf(threads);
  const least = Math.max(LEAST_NANO * months, LEAST_SHARE * unchanged);
  const common = { facts: measureFacts(threads), models, pricing, setup, settled: new Set(agents) };
  const advice: SimulatedAdvice[] = [];
  let left = threads;
  for (const kind of ADVICE_KINDS) {
    if (kinds.includes(kind)) continue;
    const cost = totalCost(left, pricing);
    const plan = RULES[kind].change({ ...common, threads: left, cost });
    const after = plan?.apply("mid");
    if (!plan || !after || cost - totalCost(after, pricing) < least) continue;
    advice.push(adviceOf(kind, plan, left, after, [pricing, then]));
    left = after;
  }
  const main = {
    unchangedThen: totalCost(threads.filter(isMain), then),
    left: totalCost(left.filter(isMain), pricing),
  };
  return { advice, unchanged, unchangedThen: totalCost(threads, then), main, months };
}

function isMain({ agentId }: StepThread): boolean {
  return agentId === "";
}

function adviceOf(
  kind: AdviceKind,
  plan: Plan,
  before: readonly StepThread[],
  after: readonly StepThread[],
  [today, then]: readonly [SimulationPrices, SimulationPrices],
): SimulatedAdvice {
  const { risk, isTrial = false } = RULES[kind];
  const { subject = "", occasions, places, evidence, patch } = plan;
  const levels = { low: plan.apply("low"), mid: after, high: plan.apply("high") };
  const saves = savings(before, levels, today, plan);
  const savedThen = savings(before, levels, then, plan);
  const { name, of } = MEASURES[kind];
  const verify = { name, value: of({ threads: before, pricing: today }, { evidence, subject, patch }) ?? 0 };
  return { kind, subject, saves, savedThen, risk, isTrial, occasions, places, evidence, patch, verify };
}

/** Half of a habit is kept, at the low level. */
const ADOPTION = 0.5;

function savings(
  before: readonly StepThread[],
  after: Readonly<Record<GainLevel, readonly StepThread[]>>,
  pricing: SimulationPrices,
  { isHabit }: Plan,
): Range {
  const cost = totalCost(before, pricing);
  const saved = (level: GainLevel) => cost - totalCost(after[level], pricing);
  const [low, mid, high] = [saved("low") * (isHabit ? ADOPTION : 1), saved("mid"), saved("high")];
  return { low: Math.min(low, mid, high), mid, high: Math.max(low, mid, high) };
}

const LEAST_DAYS = 7;

/** Months of 30 days from the first to the last request; a week at least, for less says little about a month. */
function monthsOf(threads: readonly StepThread[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { steps } of threads)
    for (const { request } of steps) {
      first = Math.min(first, request.at);
      last = Math.max(last, request.at);
    }
  return Math.max(last - first, LEAST_DAYS * DAY_MS) / (30 * DAY_MS);
}
