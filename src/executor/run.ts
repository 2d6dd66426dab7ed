import type { Attempt, AttemptCause } from "../domain/attempt.ts";
import { toUsd, type NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { RolecallError } from "../errors.ts";
import type { BudgetLimits, PassedBudget } from "./budget.ts";
import { GIVE_UP_HINTS, GIVE_UPS, type GiveUpReason } from "./decide.ts";
import type { Message, StopReason } from "./sender.ts";
import type { Wish } from "./shape.ts";
import type { AnswerCheck } from "./validate.ts";

/** Terms of a run besides its prompt. */
export interface RunTerms extends Omit<Wish, "messages"> {
  /** The kind of work: the policy may route it, and telemetry counts by it. */
  taskType: string;
  /** Checks that the answer has to pass. */
  validate?: AnswerCheck | readonly AnswerCheck[];
  /** Limits of this run; they replace the executor's limits per run. */
  budget?: BudgetLimits;
  /** Aborts the run, at once and for good. */
  signal?: AbortSignal;
  /** Most tokens of the answer (default: the executor's). */
  maxTokens?: number;
}

/** One piece of work: a prompt, or a conversation. */
export type RunRequest = RunTerms &
  ({ prompt: string; messages?: never } | { messages: readonly [Message, ...Message[]]; prompt?: never });

/** A change of the model within a run. */
export interface Hop {
  /** Provider and model: `anthropic/claude-sonnet-5-5`. */
  from: string;
  /** Provider and model that took over. */
  to: string;
  /** `escalation`: the answer was not good enough and the tier is higher; otherwise `fallback`. */
  cause: "fallback" | "escalation";
  /** The reason in a few words: `overloaded`, `behind its breaker`, or what a check said. */
  why: string;
}

/** The result of a run. */
export interface RunResult<M = unknown> {
  /** ID of the run, as in telemetry. */
  runId: string;
  /** The answer. */
  text: string;
  /** The message of the backend itself. */
  message: M;
  /** The reason why the model stopped. */
  stopReason: StopReason;
  /** The provider of the step that answered. */
  provider: string;
  /** The model that served the answer. */
  model: string;
  /** Every send, in order. */
  attempts: readonly Attempt[];
  /** The answer comes from another model than the one that the run began with. */
  fallbackUsed: boolean;
  /** Changes of the model, in order. */
  fallbackChain: readonly Hop[];
  /** Moves to a higher tier because an answer was not good enough. */
  escalations: number;
  /** Dollars for all attempts; those without a known price are left out. */
  costUsd: number;
  /** From the call to the answer, in ms. */
  latencyMs: number;
  /** Checks that could not be made, wishes that a model does not accept, soft budgets passed. */
  notes: readonly string[];
}

/** An event of a run, as it happens. */
export type RunEvent =
  | { type: "attempt"; index: number; provider: string; model: string; cause: AttemptCause; delayMs: number }
  | { type: "text"; text: string }
  /** The text since the last attempt began no longer counts: another attempt follows. */
  | { type: "withdrawn"; why: string }
  | { type: "settled"; attempt: Attempt }
  /** A soft budget is passed. */
  | ({ type: "budget" } & PassedBudget);

/**
 * A run that ended without an answer, with everything that was tried.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, GaveUpError, SAME_MODEL } from "rolecall";
 *
 * const executor = createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender() });
 * try {
 *   await executor.run({ taskType: "title", prompt: "A title, please", validate: () => "too long" });
 * } catch (error) {
 *   if (!(error instanceof GaveUpError)) throw error;
 *   console.log(error.reason, error.attempts.length, error.costUsd);
 * }
 * ```
 */
export class GaveUpError extends RolecallError {
  override name = "GaveUpError";
  /** The kind of end: `budget`, `deadline`, `rejected` and the like (docs/executor.md, Results). */
  readonly reason: GiveUpReason;
  /** ID of the run, as in telemetry. */
  readonly runId: string;
  /** Every send, in order. */
  readonly attempts: readonly Attempt[];
  /** Changes of the model, in order. */
  readonly fallbackChain: readonly Hop[];
  /** Text of the last answer that came but was not good enough. */
  readonly lastText: string | undefined;

  constructor(
    reason: GiveUpReason,
    why: string,
    run: Pick<GaveUpError, "runId" | "attempts" | "fallbackChain" | "lastText"> & { taskType: string },
    cause?: unknown,
  ) {
    const count = `${run.attempts.length} ${run.attempts.length === 1 ? "attempt" : "attempts"}`;
    const hint = GIVE_UP_HINTS[reason];
    super(`gave up on ${run.taskType} after ${count}: ${GIVE_UPS[reason]} (${why})`, {
      ...(hint !== undefined && { hint }),
      cause,
    });
    this.reason = reason;
    this.runId = run.runId;
    this.attempts = run.attempts;
    this.fallbackChain = run.fallbackChain;
    this.lastText = run.lastText;
  }

  /** Dollars for all attempts; those without a known price are left out. */
  get costUsd(): number {
    return toUsd(sumCost(this.attempts));
  }
}

/** Adds up what attempts cost; those without a price count nothing. */
export function sumCost(attempts: readonly Attempt[]): NanoUsd {
  return sum(attempts.map(({ costNano = 0 }) => costNano));
}
