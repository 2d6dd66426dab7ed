import type { AnswerCheckKind, AttemptCause, Failure } from "../domain/attempt.ts";
import { backoffMs, type RetryBudget, type RetryRules } from "./backoff.ts";
import type { Closed } from "./breaker.ts";
import { FAILURE_RULES } from "./classify.ts";
import type { ResolvedStep } from "./steps.ts";

/** The end of an attempt whose answer has been checked. */
export type AttemptJudgement =
  | { kind: "accepted" }
  /** `loop`: the same answer has been turned down before. */
  | { kind: "rejected"; reason: string; check?: AnswerCheckKind; loop: boolean }
  | { kind: "refused" }
  | { kind: "truncated" }
  | { kind: "overflow" }
  | ({ kind: "failed"; failure: Failure } & FailureDetails);

/** Details that decide the consequences of a failure besides its kind. */
export interface FailureDetails {
  retryAfterMs?: number;
  /** The server says that another try may help, or that it cannot. */
  shouldRetry?: boolean;
  /** The prompt is so long, or so hard to measure, that its length may be what the API refuses. */
  perhapsTooLong?: boolean;
}

/** Reasons why a run ended without an answer. */
export const GIVE_UPS = {
  failed: "the last model failed",
  unavailable: "every model is behind an open breaker",
  rejected: "no answer passed the checks",
  person: "no answer passed the checks, and a person takes over",
  refused: "the models declined",
  truncated: "the answer did not fit into the models' output",
  overflow: "no model's context holds the prompt",
  budget: "the budget does not allow another attempt",
  deadline: "the run is out of time",
  aborted: "the caller aborted the run",
  validator: "a check broke",
} as const;
/** Advice on what to do after each of them. */
export const GIVE_UP_HINTS: Readonly<Record<keyof typeof GIVE_UPS, string | undefined>> = {
  failed: "The error of each attempt is in attempts; the last one is the cause.",
  unavailable: "Try again later, or close the breakers: rolecall telemetry --reset.",
  rejected: "Try a stronger model, more tries, or a milder check.",
  person: undefined,
  refused: "Try other words, or a model of another vendor.",
  truncated: "Try a higher limit for the answer, or a smaller task.",
  overflow: "Try a shorter prompt, or a model with a larger context.",
  budget: "Try a higher budget, a lower limit for the answer, or a cheaper model.",
  deadline: "Try a longer limit: retry.totalTimeoutMs.",
  aborted: undefined,
  validator: "Correct the check: its error is the cause.",
};

/** The key of one of `GIVE_UPS`. */
export type GiveUpReason = keyof typeof GIVE_UPS;

/** The position of a run on its chain. Every decision makes a new one. */
export interface Position {
  /** Index of the step. */
  step: number;
  /** Retries made on this step after errors that may pass. */
  retries: number;
  /** Answers turned down on this step. */
  rejections: number;
  /** Models that declined in this run. */
  refusals: number;
  /** Most tokens of the answer; the limit grows once, after a truncation. */
  maxTokens: number;
  widened: boolean;
  /** The cause of the next attempt, and the same in words. */
  cause: AttemptCause;
  why: string;
  /** Time spent waiting for breakers, in ms. */
  waitedMs: number;
  /** Providers whose account or address does not work. */
  ended: readonly string[];
  /** The position before open breakers diverted the run, and the time at which the first of them reopens. */
  detour?: { from: Position; reopensAt: number };
}

/** The next move of a run. */
export type NextMove =
  | { kind: "accept" }
  | { kind: "go"; position: Position; delayMs: number }
  | { kind: "give-up"; reason: GiveUpReason; why: string };

/** Rules and facts that decisions depend on. */
export interface DecisionRules {
  steps: readonly ResolvedStep[];
  /** Tokens of the prompt on a step. */
  promptTokens: (step: ResolvedStep) => number;
  tries: number;
  onRefusal: "fallback" | "stop";
  person: boolean;
  retry: RetryRules;
  /** Longest wait of a run if every model that is left is behind its breaker, in ms. */
  breakerWaitMs: number;
  retryBudget: RetryBudget;
  /** In [0, 1). */
  random: () => number;
}

/** Returns the position of a run that begins; no step: every provider has ended. */
export function startPosition(
  steps: readonly ResolvedStep[],
  maxTokens: number,
  ended: readonly string[],
): Position {
  const step = steps.findIndex(({ provider }) => !ended.includes(provider));
  const none = { retries: 0, rejections: 0, refusals: 0, waitedMs: 0 };
  return { ...none, step, maxTokens, widened: false, cause: "first", why: "", ended };
}

/** Decides what to do after an attempt: the whole of the state diagram in docs/executor.md. */
export function decide(at: Position, judgement: AttemptJudgement, rules: DecisionRules): NextMove {
  switch (judgement.kind) {
    case "accepted":
      return { kind: "accept" };
    case "rejected":
      return afterRejection(at, judgement, rules);
    case "refused":
      return afterRefusal(at, rules);
    case "truncated":
      return afterTruncation(at, rules);
    case "overflow":
      return toLargerContext(at, rules);
  }
  return afterFailure(at, judgement, rules);
}

/**
 * Goes around an open breaker: to the next step, or, after the last one, back to where the run was, after a wait. Waits are
 * spread, so that not everybody comes back at once.
 */
export function goAround(at: Position, closed: Closed, now: number, rules: DecisionRules): NextMove {
  const from = at.detour?.from ?? at;
  const mayTryAt = closed.probing ? now + rules.retry.baseDelayMs : closed.until;
  const reopensAt = Math.min(mayTryAt, at.detour?.reopensAt ?? Number.POSITIVE_INFINITY);
  const next = advance(at, rules, "fallback", "unavailable", "behind its breaker");
  if (next.kind === "go") return { ...next, position: { ...next.position, detour: { from, reopensAt } } };
  const jitterMs = Math.floor(rules.random() * rules.retry.baseDelayMs);
  const delayMs = Math.max(0, reopensAt - now) + jitterMs;
  const waitedMs = at.waitedMs + delayMs;
  if (waitedMs > rules.breakerWaitMs) return next;
  return { kind: "go", position: { ...from, waitedMs }, delayMs };
}

function afterRejection(
  at: Position,
  judgement: AttemptJudgement & { kind: "rejected" },
  rules: DecisionRules,
): NextMove {
  const tries = rules.steps[at.step]?.step.tries ?? rules.tries;
  const rejections = at.rejections + 1;
  if (!judgement.loop && rejections < tries)
    return go({ ...at, rejections, cause: "retry" }, 0, judgement.reason);
  const why = judgement.loop ? `the same answer again: ${judgement.reason}` : judgement.reason;
  return advance(at, rules, "escalation", rules.person ? "person" : "rejected", why);
}

/** One other model is asked. If two decline, that is the answer. */
function afterRefusal(at: Position, rules: DecisionRules): NextMove {
  const refusals = at.refusals + 1;
  if (refusals > 1 || rules.onRefusal === "stop") return giveUp("refused", "declined");
  return advance({ ...at, refusals }, rules, "fallback", "refused", "declined");
}

/** Once with a higher token limit on the same model, then on. */
function afterTruncation(at: Position, rules: DecisionRules): NextMove {
  const step = rules.steps[at.step];
  const most = step ? roomOn(step, rules) : at.maxTokens;
  if (at.widened || at.maxTokens >= most)
    return advance(at, rules, "escalation", "truncated", "the answer was cut at its token limit");
  const wider: Position = {
    ...at,
    maxTokens: Math.min(most, at.maxTokens * 4),
    widened: true,
    cause: "retry",
  };
  return go(wider, 0, `the answer was cut at ${at.maxTokens} tokens`);
}

/** Most tokens that an answer can have beside the prompt. */
function roomOn(step: ResolvedStep, { promptTokens }: DecisionRules): number {
  const { maxOutputTokens, contextTokens } = step.facts;
  return Math.min(maxOutputTokens, contextTokens - promptTokens(step));
}

function afterFailure(
  at: Position,
  judgement: AttemptJudgement & { kind: "failed" },
  rules: DecisionRules,
): NextMove {
  const { failure, retryAfterMs, shouldRetry, perhapsTooLong } = judgement;
  if (failure === "context-exceeded") return toLargerContext(at, rules);
  // The Messages API has no code for a prompt that is too long, and a request that it refuses costs nothing.
  if (failure === "bad-request" && perhapsTooLong) return toNoSmallerContext(at, rules);
  const { retry, walk, endsProvider } = FAILURE_RULES[failure];
  if ((shouldRetry ?? retry) && at.retries < rules.retry.retries) {
    const delayMs = backoffMs(at.retries, retryAfterMs, rules.retry, rules.random);
    if (delayMs !== undefined && rules.retryBudget.withdraw())
      return go({ ...at, retries: at.retries + 1, cause: "retry" }, delayMs, failure);
  }
  const provider = rules.steps[at.step]?.provider;
  if (endsProvider && provider !== undefined)
    return advance({ ...at, ended: [...at.ended, provider] }, rules, "fallback", "failed", failure);
  return walk ? advance(at, rules, "fallback", "failed", failure) : giveUp("failed", failure);
}

function toLargerContext(at: Position, rules: DecisionRules): NextMove {
  const here = rules.steps[at.step]?.facts.contextTokens ?? 0;
  const isLarger = ({ facts }: ResolvedStep): boolean => facts.contextTokens > here;
  return advance(at, rules, "fallback", "overflow", "the context was full", isLarger);
}

function toNoSmallerContext(at: Position, rules: DecisionRules): NextMove {
  const here = rules.steps[at.step]?.facts.contextTokens ?? 0;
  const isNoSmaller = ({ facts }: ResolvedStep): boolean => facts.contextTokens >= here;
  return advance(at, rules, "fallback", "failed", "bad-request", isNoSmaller);
}

/** Goes to the next step that will do, or to the end. Only a move to a higher tier counts as an escalation. */
function advance(
  at: Position,
  { steps }: DecisionRules,
  cause: "fallback" | "escalation",
  atEnd: GiveUpReason,
  why: string,
  willDo: (step: ResolvedStep) => boolean = () => true,
): NextMove {
  const step = steps.findIndex(
    (each, index) => index > at.step && !at.ended.includes(each.provider) && willDo(each),
  );
  const [from, to] = [steps[at.step], steps[step]];
  if (!to) return giveUp(atEnd, why);
  const higher = from?.facts.tier !== to.facts.tier;
  return go(
    { ...at, step, retries: 0, rejections: 0, cause: cause === "escalation" && !higher ? "fallback" : cause },
    0,
    why,
  );
}

function go(position: Position, delayMs: number, why: string): NextMove {
  return { kind: "go", position: { ...position, why }, delayMs };
}

function giveUp(reason: GiveUpReason, why: string): NextMove {
  return { kind: "give-up", reason, why };
}
