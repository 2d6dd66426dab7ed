import {
  ADVICE_KINDS,
  type Advice,
  type AdviceKind,
  type Range,
  type Risk,
} from "../../domain/simulation.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { type Change, LEVELS, type Level, type Plan, type World } from "./change.ts";
import { baseSize } from "./changes/base-size.ts";
import { cacheLifetime } from "./changes/cache-lifetime.ts";
import { compactWindow } from "./changes/compact-window.ts";
import { exploreAgent } from "./changes/explore-agent.ts";
import { agentModel, mainModel } from "./changes/models.ts";
import { avoidLoss } from "./changes/avoid-loss.ts";
import { bigResults } from "./changes/big-results.ts";
import { oneCall } from "./changes/one-call.ts";
import { quietAgents } from "./changes/quiet-agents.ts";
import { clearAfterCommit, coldPrompt } from "./changes/new-session.ts";
import { type Pricing, pricesOfThen, totalCost } from "./cost.ts";
import { measureFacts } from "./facts.ts";
import type { StepThread } from "./steps.ts";

/** A kind with what is always true of it. */
interface Rule {
  change: Change;
  risk: Risk;
  isTrial?: true;
}

const RULES: Partial<Record<AdviceKind, Rule>> = {
  "compact-window": { change: compactWindow, risk: "low" },
  "base-size": { change: baseSize, risk: "low" },
  "cache-lifetime": { change: cacheLifetime, risk: "none" },
  "cold-prompt": { change: coldPrompt, risk: "medium" },
  "explore-agent": { change: exploreAgent, risk: "low" },
  "big-results": { change: bigResults, risk: "low" },
  "one-call": { change: oneCall, risk: "none" },
  "quiet-agents": { change: quietAgents, risk: "none" },
  "avoid-loss": { change: avoidLoss, risk: "none" },
  "agent-model": { change: agentModel, risk: "medium", isTrial: true },
  "main-model": { change: mainModel, risk: "high", isTrial: true },
  "clear-after-commit": { change: clearAfterCommit, risk: "medium" },
};

/** Advice is worth showing above this, a month. */
const LEAST_NANO = 1e9;
const LEAST_SHARE = 0.01;
const MONTH_MS = 30 * 86_400_000;

/** What simulations make of a history. */
export interface Simulation {
  /** Each counts only what the ones before it in ADVICE_KINDS leave. */
  advice: Advice[];
  /** Cost of all threads, simulated without any change. */
  unchanged: number;
  /** The same at the prices of then. */
  unchangedThen: number;
}

/** Simulates every kind of advice on a history, one after the other on what the safer ones leave. */
export function simulate(threads: readonly StepThread[], models: ModelTable, pricing: Pricing): Simulation {
  const then = pricesOfThen(models);
  const unchanged = totalCost(threads, pricing);
  const advice: Advice[] = [];
  const period = monthsOf(threads);
  let world: World = { threads, facts: measureFacts(threads), models, pricing, cost: unchanged };
  for (const kind of ADVICE_KINDS) {
    const rule = RULES[kind];
    const plan = rule?.change(world);
    if (!rule || !plan) continue;
    const after = Object.fromEntries(LEVELS.map((level) => [level, plan.apply(level)])) as Record<
      Level,
      readonly StepThread[]
    >;
    const saves = savings(world.threads, after, pricing, plan);

    const { apply: _, isHabit: __, ...shown } = plan;
    const savedThen = savings(world.threads, after, then, plan);
    advice.push({
      kind,
      subject: plan.subject ?? "",
      saves,
      savedThen,
      risk: rule.risk,
      isTrial: rule.isTrial ?? false,
      ...shown,
    });
    world = { ...world, threads: after.mid, cost: totalCost(after.mid, pricing) };
  }
  return { advice, unchanged, unchangedThen: totalCost(threads, then) };
}

/** Half of a habit is kept, at the low level. */
const ADOPTION = 0.5;

function savings(
  before: readonly StepThread[],
  after: Record<Level, readonly StepThread[]>,
  pricing: Pricing,
  { isHabit }: Plan,
): Range {
  const cost = totalCost(before, pricing);
  const saved = (level: Level) => cost - totalCost(after[level], pricing);
  const amounts = [saved("low") * (isHabit ? ADOPTION : 1), saved("mid"), saved("high")].toSorted(
    (a, b) => a - b,
  );
  const mid = saved("mid");
  return { low: Math.min(mid, amounts[0] ?? mid), mid, high: Math.max(mid, amounts[2] ?? mid) };
}

/** Months from the first to the last request; at least a day. */
function monthsOf(threads: readonly StepThread[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { steps } of threads)
    for (const { at } of steps) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  return Math.max(last - first, 86_400_000) / MONTH_MS;
}
