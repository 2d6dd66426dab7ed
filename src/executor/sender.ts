import type { Effort } from "../domain/model.ts";
import type { Usage } from "../domain/usage.ts";

/** A block of a message as the API writes it: `{type: "text", text}`, images, tool calls and results. */
export interface Block {
  type: string;
  [key: string]: unknown;
}

export interface Message {
  role: "user" | "assistant";
  content: string | readonly Block[];
}

/** A tool as the Messages API describes it. */
export interface Tool {
  name: string;
  [key: string]: unknown;
}

export type CacheLifetime = "5m" | "1h";

/** Text of the system prompt, and whether the cache is to end a prefix here. */
export interface SystemBlock {
  text: string;
  cache?: CacheLifetime;
}

/** A request, shaped for its model: whatever that model does not accept is not in here. */
export interface SendRequest {
  model: string;
  maxTokens: number;
  system: readonly SystemBlock[];
  messages: readonly Message[];
  tools?: readonly Tool[];
  toolChoice?: { type: string; [key: string]: unknown };
  effort?: Effort;
  thinking?: { type: string; [key: string]: unknown };
  temperature?: number;
  stopSequences?: readonly string[];
}

/** Why a model stopped; what is none of these counts as the end. */
export type StopReason = "end" | "tool_use" | "pause" | "max_tokens" | "refusal" | "overflow";

/** What is known of an answer as soon as it begins: enough to count it if it breaks off. */
export interface Beginning {
  id: string;
  /** The model that serves, as it names itself. */
  model: string;
  usage: Usage;
  requestId?: string;
  fast?: boolean;
  usOnly?: boolean;
}

export interface Answer<M = unknown> extends Beginning {
  text: string;
  stopReason: StopReason;
  /** What the backend itself returned. */
  message: M;
}

export interface SendHooks {
  signal: AbortSignal;
  /** Wants the text as it comes. */
  onText?: (text: string) => void;
  onBeginning?: (beginning: Beginning) => void;
}

/** One way to reach models. It sends once: no retries of its own. */
export interface Sender<P extends string = string, M = unknown> {
  readonly provider: P;
  /** Throws SendError, and nothing else, when no answer comes. */
  send(request: SendRequest, hooks: SendHooks): Promise<Answer<M>>;
  /** The exact length of the prompt in tokens, where the backend tells. */
  countTokens?(request: SendRequest, signal: AbortSignal): Promise<number>;
}

/** Where and how a send failed. */
export interface SendFault {
  /** `http`: an error status. `stream`: an error, or a silent end, after a good one. `unsupported`: never sent. */
  kind: "http" | "stream" | "connection" | "timeout" | "aborted" | "unreadable" | "unsupported";
  status?: number;
  /** The API's own name for the error (`overloaded_error`). */
  type?: string;
  /** The API's stable code for the cause (`enforced_spend_limit_reached`). */
  code?: string;
  retryAfterMs?: number;
  requestId?: string;
}

/** No answer came. */
export class SendError extends Error {
  override name = "SendError";
  readonly fault: SendFault;

  constructor(message: string, fault: SendFault, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** `retry-after` in ms: seconds or an HTTP date; the vendor's finer `retry-after-ms` wins. */
export function parseRetryAfter(
  header: (name: string) => string | null | undefined,
  now: number,
): number | undefined {
  const exact = Number(header("retry-after-ms") || Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const text = header("retry-after");
  if (!text) return undefined;
  const seconds = Number(text);
  const delayMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(delayMs) ? Math.max(0, delayMs) : undefined;
}
