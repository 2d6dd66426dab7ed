import type { Attempt, AttemptCause } from "../domain/attempt.ts";
import { toUsd, type NanoUsd } from "../domain/money.ts";
import { RolecallError } from "../errors.ts";
import type { Budget, BudgetScope } from "./budget.ts";
import { GIVE_UPS, type GiveUpReason } from "./ladder.ts";
import type { Message, StopReason } from "./sender.ts";
import type { Wish } from "./shape.ts";
import type { Check } from "./validate.ts";

interface RunTerms extends Omit<Wish, "messages"> {
  /** What kind of work it is: the policy may route it, telemetry counts by it. */
  taskType: string;
  /** What the answer has to pass. */
  validate?: Check | readonly Check[];
  budget?: Budget;
  signal?: AbortSignal;
  /** Room for the answer in tokens (default: the executor's). */
  maxTokens?: number;
}

/** One piece of work: a prompt, or a conversation. */
export type RunRequest = RunTerms &
  ({ prompt: string; messages?: never } | { messages: readonly [Message, ...Message[]]; prompt?: never });

/** A change of the model within a run. */
export interface Hop {
  /** `anthropic/claude-sonnet-5-5` */
  from: string;
  to: string;
  cause: "fallback" | "escalation";
  why: string;
}

/** What a run came to. */
export interface RunResult<M = unknown> {
  runId: string;
  text: string;
  /** What the backend itself returned. */
  message: M;
  stopReason: StopReason;
  provider: string;
  /** The model that served the answer. */
  model: string;
  /** All of them, in order. */
  attempts: readonly Attempt[];
  /** Whether the answer comes from another model than the one the run began with. */
  fallbackUsed: boolean;
  fallbackChain: readonly Hop[];
  escalations: number;
  /** Of all attempts; those without a known price are left out. */
  costUsd: number;
  latencyMs: number;
  /** Checks that could not be made, wishes that a model does not take, soft budgets passed. */
  notes: readonly string[];
}

/** What happens during a run, as it happens. */
export type RunEvent =
  | { type: "attempt"; index: number; provider: string; model: string; cause: AttemptCause; delayMs: number }
  | { type: "text"; text: string }
  /** The text since the last attempt began is void: another attempt follows. */
  | { type: "withdrawn"; why: string }
  | { type: "settled"; attempt: Attempt }
  | { type: "budget"; scope: BudgetScope; softUsd: number; spentUsd: number };

/** A run that ended without an answer: with everything that was tried. */
export class GaveUpError extends RolecallError {
  override name = "GaveUpError";
  readonly reason: GiveUpReason;
  readonly runId: string;
  readonly attempts: readonly Attempt[];
  readonly fallbackChain: readonly Hop[];
  /** Text of the last answer, where one came but was not good enough. */
  readonly lastText: string | undefined;

  constructor(
    reason: GiveUpReason,
    why: string,
    run: Pick<GaveUpError, "runId" | "attempts" | "fallbackChain" | "lastText"> & { taskType: string },
    cause?: unknown,
  ) {
    const count = `${run.attempts.length} ${run.attempts.length === 1 ? "attempt" : "attempts"}`;
    super(`gave up on ${run.taskType} after ${count}: ${GIVE_UPS[reason]} (${why})`, { cause });
    this.reason = reason;
    this.runId = run.runId;
    this.attempts = run.attempts;
    this.fallbackChain = run.fallbackChain;
    this.lastText = run.lastText;
  }

  get costUsd(): number {
    return toUsd(sumCost(this.attempts));
  }
}

/** What attempts cost together; the unpriced count nothing. */
export function sumCost(attempts: readonly Attempt[]): NanoUsd {
  return attempts.reduce((sum, { costNano = 0 }) => sum + costNano, 0);
}
