import type { AttemptCause, Failure } from "../domain/attempt.ts";
import { backoffMs, type RetryBudget, type RetryRules } from "./backoff.ts";
import type { Closed } from "./breaker.ts";
import type { Rung } from "./chain.ts";
import { FAILURE_RULES } from "./classify.ts";

/** What an attempt came to, once its answer has been looked at. */
export type Judged =
  | { kind: "accepted" }
  /** `circle`: the same answer has been turned down before. */
  | { kind: "rejected"; reason: string; circle: boolean }
  | { kind: "refused" }
  | { kind: "truncated" }
  | { kind: "overflow" }
  | { kind: "failed"; failure: Failure; retryAfterMs?: number };

/** Why a run ended without an answer. */
export const GIVE_UPS = {
  failed: "the last model failed",
  unavailable: "every model is behind an open breaker",
  rejected: "no answer passed the checks",
  person: "no answer passed the checks: a person is to take over",
  refused: "the models declined",
  truncated: "the answer did not fit into the models' output",
  overflow: "no model's context holds the prompt",
  budget: "the budget does not allow another attempt",
  deadline: "the time is up",
  aborted: "the caller stopped it",
  validator: "a validator broke",
} as const;
export type GiveUpReason = keyof typeof GIVE_UPS;

/** Where a run stands on its chain. Every step makes a new one. */
export interface Position {
  /** Index of the rung. */
  step: number;
  /** Retries made on this rung for failures that may pass. */
  retries: number;
  /** Answers turned down on this rung. */
  rejections: number;
  /** Models that declined in this run. */
  refusals: number;
  /** Room for the answer, in tokens; grows once, after a truncation. */
  maxTokens: number;
  widened: boolean;
  /** Why the next attempt is made, and in words. */
  cause: AttemptCause;
  why: string;
  /** Waited for breakers so far, in ms. */
  waitedMs: number;
  /** Where the run stood before it was sent around open breakers: nothing has been tried since. */
  detour?: Position;
}

export type Next =
  | { kind: "accept" }
  | { kind: "go"; position: Position; delayMs: number }
  | { kind: "give-up"; reason: GiveUpReason; why: string };

export interface LadderRules {
  rungs: readonly Rung[];
  tries: number;
  onRefusal: "fallback" | "stop";
  person: boolean;
  retry: RetryRules;
  /** How long a run may wait where every model that is left is behind its breaker. */
  breakerWaitMs: number;
  retryBudget: RetryBudget;
  random: () => number;
}

export function startPosition(maxTokens: number): Position {
  const none = { step: 0, retries: 0, rejections: 0, refusals: 0, waitedMs: 0 };
  return { ...none, maxTokens, widened: false, cause: "first", why: "" };
}

/** What to do after an attempt: the whole of the state diagram in docs/executor.md. */
export function decide(at: Position, judged: Judged, rules: LadderRules): Next {
  switch (judged.kind) {
    case "accepted":
      return { kind: "accept" };
    case "rejected":
      return afterRejection(at, judged, rules);
    case "refused":
      return afterRefusal(at, rules);
    case "truncated":
      return afterTruncation(at, rules);
    case "overflow":
      return climb(at, rules, "fallback", "overflow", "the context was full", roomierThan(at, rules));
  }
  return afterFailure(at, judged, rules);
}

/**
 * Around an open breaker: to the next rung, or, where there is none, back to where the run stood, after a wait. Waits are
 * spread, so that not everybody comes back at once.
 */
export function goAround(at: Position, closed: Closed, now: number, rules: LadderRules): Next {
  const next = climb(at, rules, "fallback", "unavailable", "behind its breaker");
  if (next.kind === "go") return { ...next, position: { ...next.position, detour: at.detour ?? at } };
  const jitterMs = Math.floor(rules.random() * rules.retry.baseDelayMs);
  const delayMs = closed.probing ? rules.retry.baseDelayMs + jitterMs : closed.until - now + jitterMs;
  const waitedMs = at.waitedMs + delayMs;
  if (waitedMs > rules.breakerWaitMs) return next;
  return { kind: "go", position: { ...(at.detour ?? at), waitedMs }, delayMs };
}

function afterRejection(at: Position, judged: Judged & { kind: "rejected" }, rules: LadderRules): Next {
  const tries = rules.rungs[at.step]?.step.tries ?? rules.tries;
  const rejections = at.rejections + 1;
  if (!judged.circle && rejections < tries)
    return go({ ...at, rejections, cause: "retry" }, 0, judged.reason);
  const why = judged.circle ? `going in circles: ${judged.reason}` : judged.reason;
  return climb(at, rules, "escalation", rules.person ? "person" : "rejected", why);
}

/** One other model is asked. Two that decline are taken at their word. */
function afterRefusal(at: Position, rules: LadderRules): Next {
  const refusals = at.refusals + 1;
  if (refusals > 1 || rules.onRefusal === "stop") return giveUp("refused", "declined");
  return climb({ ...at, refusals }, rules, "fallback", "refused", "declined");
}

/** Once with all the room the model has, then on. */
function afterTruncation(at: Position, rules: LadderRules): Next {
  const most = rules.rungs[at.step]?.facts.maxOutputTokens ?? at.maxTokens;
  if (at.widened || at.maxTokens >= most)
    return climb(at, rules, "escalation", "truncated", "the answer was cut at its token limit");
  const wider: Position = {
    ...at,
    maxTokens: Math.min(most, at.maxTokens * 4),
    widened: true,
    cause: "retry",
  };
  return go(wider, 0, `the answer was cut at ${at.maxTokens} tokens`);
}

function afterFailure(at: Position, judged: Judged & { kind: "failed" }, rules: LadderRules): Next {
  const { failure, retryAfterMs } = judged;
  const rule = FAILURE_RULES[failure];
  if (rule.retry && at.retries < rules.retry.retries) {
    const delayMs = backoffMs(at.retries, retryAfterMs, rules.retry, rules.random);
    if (delayMs !== undefined && rules.retryBudget.withdraw())
      return go({ ...at, retries: at.retries + 1, cause: "retry" }, delayMs, failure);
  }
  return rule.walk ? climb(at, rules, "fallback", "failed", failure) : giveUp("failed", failure);
}

/** To the next rung that will do, or to the end. A move counts as escalation only where it goes to a higher tier. */
function climb(
  at: Position,
  { rungs }: LadderRules,
  cause: "fallback" | "escalation",
  atEnd: GiveUpReason,
  why: string,
  willDo: (rung: Rung) => boolean = () => true,
): Next {
  const step = rungs.findIndex((rung, index) => index > at.step && willDo(rung));
  const [from, to] = [rungs[at.step], rungs[step]];
  if (!to) return giveUp(atEnd, why);
  const higher = from?.facts.tier !== to.facts.tier;
  return go(
    { ...at, step, retries: 0, rejections: 0, cause: cause === "escalation" && !higher ? "fallback" : cause },
    0,
    why,
  );
}

function roomierThan(at: Position, { rungs }: LadderRules): (rung: Rung) => boolean {
  const here = rungs[at.step]?.facts.contextTokens ?? 0;
  return ({ facts }) => facts.contextTokens > here;
}

function go(position: Position, delayMs: number, why: string): Next {
  return { kind: "go", position: { ...position, why }, delayMs };
}

function giveUp(reason: GiveUpReason, why: string): Next {
  return { kind: "give-up", reason, why };
}
