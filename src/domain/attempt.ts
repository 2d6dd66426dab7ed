import type { Effort, Tier } from "./model.ts";
import type { NanoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** The cause of an attempt (docs/glossary.md): the first of its run, again, on another model, on a higher tier. */
export type AttemptCause = "first" | "retry" | "fallback" | "escalation";

/**
 * The result of an attempt.
 * - `accepted`: the answer was good
 * - `handedOver`: the reasoning was passed on to the step that writes the answer
 * - `rejected`: an answer came, and a validator or check turned it down
 * - `refused`: the model declined
 * - `truncated`: the answer ended at its token limit
 * - `overflow`: the conversation did not fit into the model's context
 * - `failed`: no answer came: an error of the API or the network
 * - `aborted`: the caller stopped it
 */
export type AttemptResult =
  | "accepted"
  | "handedOver"
  | "rejected"
  | "refused"
  | "truncated"
  | "overflow"
  | "failed"
  | "aborted";

/** The kind of error that kept an answer from coming; decided by class, status and error type, never by wording. */
export type Failure =
  | "rate-limited"
  | "overloaded"
  | "server"
  | "conflict"
  | "timeout"
  | "connection"
  | "model-not-found"
  | "context-exceeded"
  | "unsupported"
  | "not-found"
  | "bad-request"
  | "unauthorized"
  | "billing"
  | "forbidden"
  | "too-large"
  | "unprocessable"
  | "unknown";

/** The kind of check that turned an answer down. */
export type AnswerCheckKind =
  | "json"
  | "schema"
  | "pattern"
  | "confidence"
  | "syntax"
  | "command"
  | "red-flags"
  | "function"
  | "custom";

/** One send to one model, as it is kept for telemetry. */
export interface Attempt {
  /** Unique. */
  id: string;
  /** The run it belongs to: one call of the executor, one cascade, one item of a batch. */
  run: string;
  /** Source of the attempt: the executor, a cascade or a batch. */
  source: "executor" | "cascade" | "batch";
  /** The kind of work, as the run named it. */
  taskType: string;
  /** Name of the executor's policy. */
  policy: string;
  /** From 0 within the run. */
  index: number;
  /** Step of the chain, from 0. */
  step: number;
  /** Reason for the attempt. */
  cause: AttemptCause;
  /** The provider of its step. */
  provider: string;
  /** The id that was asked for. */
  model: string;
  /** The id that the answer names, where one came. */
  servedModel?: string;
  /** The tier of the model; undefined for models of other vendors. */
  tier?: Tier;
  /** The effort that was sent; undefined if none was. */
  effort?: Effort;
  /** Whether the answer was streamed. */
  streamed: boolean;
  /** Time of sending, in ms since the epoch. */
  at: number;
  /** Wait before it, in ms. */
  delayMs: number;
  /** Time from sending to the end, in ms. */
  latencyMs: number;
  /** Result of the attempt. */
  result: AttemptResult;
  /** The kind of error, if `result` is `failed` or a context was full. */
  failure?: Failure;
  /** HTTP status of the error. */
  status?: number;
  /** The kind of check that turned the answer down. */
  check?: AnswerCheckKind;
  /** One line for people: what the check or the API said. Only in results: it may hold text, so no store keeps it. */
  reason?: string;
  /** The backend's ID of the request. */
  requestId?: string;
  /** The backend's ID of the message. */
  messageId?: string;
  /** Claude Code's session, where one ran: its requests stand in a transcript too, and count there. */
  session?: string;
  /** A lower bound if the stream broke. */
  usage: Usage;
  /** Part of `usage` is estimated from the text, because the backend did not report it. */
  estimated?: true;
  /** Undefined where the price is not known. */
  costNano?: NanoUsd;
}

/** A record of attempts. */
export interface Telemetry {
  /** Records one attempt; the same one a second time changes nothing. */
  record(attempt: Attempt): void;
  /** Returns the cost of the attempts since `at` (ms since the epoch). */
  spentSince(at: number): NanoUsd;
  /** Holds money back from all processes that share the record; without it, only this process knows what is on its way. */
  hold?: HoldMoney;
}

/**
 * Holds back `nano` at the moment `at` if it fits: in one step with adding up what is recorded and held back since `since`. Returns how
 * to give it back, less what was spent without a record; undefined if it does not fit. Throws while the record is locked.
 */
export type HoldMoney = (
  money: { since: number; at: number; nano: NanoUsd },
  fits: (spent: NanoUsd) => boolean,
) => ((unrecorded: NanoUsd) => void) | undefined;

/** Groups attempts by run, each group in order. */
export function groupByRun(attempts: readonly Attempt[]): Attempt[][] {
  const runs = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const run = runs.get(attempt.run);
    if (run) run.push(attempt);
    else runs.set(attempt.run, [attempt]);
  }
  return [...runs.values()].map((run) => run.toSorted((a, b) => a.index - b.index));
}

/** Terms of a look-up of attempts. */
export interface AttemptQuery {
  /** The newest so many. */
  limit?: number;
  /** Sent at this moment or later; a number is in ms since the epoch. */
  since?: Date | number;
  /** Sent before this moment; a number is in ms since the epoch. */
  until?: Date | number;
  /** A tier, the model that was asked, or the one that served. */
  model?: string;
}

/** Telemetry that can be read back. */
export interface AttemptLog extends Telemetry {
  /** Returns attempts in order of time, oldest first. */
  attempts(query?: AttemptQuery): Attempt[];
  /** Lists the attempts sent in [since, until), in ms since the epoch, by time and then by their place in their run. */
  list(since: number, until?: number): Attempt[];
}
