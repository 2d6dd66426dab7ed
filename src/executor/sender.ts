import type { Effort } from "../domain/model.ts";
import type { Usage } from "../domain/usage.ts";

/** A block of a message as the API writes it: `{type: "text", text}`, images, tool calls and results. */
export interface ContentBlock {
  /** The kind of block: `text`, `image`, `tool_use`, `tool_result` and the like. */
  type: string;
  /** Everything else, as the API takes it. */
  [key: string]: unknown;
}

/** One message of a conversation. */
export interface Message {
  /** The side that wrote it. */
  role: "user" | "assistant";
  /** Text, or a list of blocks. */
  content: string | readonly ContentBlock[];
}

/** A tool as the Messages API describes it. */
export interface Tool {
  /** The name by which the model calls it. */
  name: string;
  /** Everything else, as the API takes it. */
  [key: string]: unknown;
}

/** The lifetime of a cached prefix. */
export type PrefixLifetime = "5m" | "1h";

/** Text of the system prompt; a cached prefix may end here. */
export interface SystemBlock {
  /** The text of the block. */
  text: string;
  /** Lifetime of the cached prefix that ends with this block. */
  cache?: PrefixLifetime;
}

/** A request, shaped for its model: it holds nothing that the model does not accept. */
export interface SendRequest {
  /** Exact id of the model. */
  model: string;
  /** Most tokens of the answer. */
  maxTokens: number;
  /** Parts of the system prompt, in order. */
  system: readonly SystemBlock[];
  /** The conversation, oldest message first. */
  messages: readonly Message[];
  /** Tools that the model may call. */
  tools?: readonly Tool[];
  /** The Messages API's `tool_choice`. */
  toolChoice?: { type: string; [key: string]: unknown };
  /** Level of effort. */
  effort?: Effort;
  /** The Messages API's `thinking`. */
  thinking?: { type: string; [key: string]: unknown };
  /** Sampling temperature. */
  temperature?: number;
  /** Texts at which the answer ends. */
  stopSequences?: readonly string[];
}

/** The reason why a model stopped. Reasons that a sender does not know are `end`, so that the checks run. */
export type StopReason = "end" | "tool_use" | "pause" | "max_tokens" | "refusal" | "overflow";

/** The beginning of an answer: enough to count it if it breaks off. */
export interface AnswerStart {
  /** The backend's ID of the message. */
  id: string;
  /** The model that serves, as it names itself. */
  model: string;
  /** Tokens as the backend reports them. What is missing is estimated from the text, and the attempt says so. */
  usage: Partial<Usage>;
  /** The backend's ID of the request, for its support. */
  requestId?: string;
  /** Whether it is billed as fast mode. */
  fast?: boolean;
  /** Whether it is billed as inference in the US only. */
  usOnly?: boolean;
}

/** A whole answer. */
export interface Answer<M = unknown> extends AnswerStart {
  /** The text of the answer, without thinking and tool calls. */
  text: string;
  /** The reason why the model stopped. */
  stopReason: StopReason;
  /** Bytes of everything that the model wrote, thinking and tool calls included (default: those of `text`). */
  writtenBytes?: number;
  /** The message of the backend itself. */
  message: M;
}

/** Callbacks of a sender while it sends. */
export interface SendHooks {
  /** Signal that ends the request: the caller's abort, or a time limit. */
  signal: AbortSignal;
  /** Receives the text as it arrives. If it is given, the sender streams. */
  onText?: (text: string) => void;
  /** Receives what is known of the answer: when it begins, and whenever more is known. */
  onStart?: (start: AnswerStart) => void;
  /** Receives how many bytes the model wrote since the last call, of any kind. */
  onWritten?: (bytes: number) => void;
}

/** One way to reach models. It sends once: it has no retries of its own. */
export interface Sender<P extends string = string, M = unknown> {
  /** The name that steps of a chain use for it. */
  readonly provider: P;
  /** Throws SendError, and nothing else, if no answer comes. */
  send(request: SendRequest, hooks: SendHooks): Promise<Answer<M>>;
  /** Returns the exact length of the prompt in tokens. Leave it out if the backend has no such counter. */
  countTokens?(request: SendRequest, signal: AbortSignal): Promise<number>;
}

/** The place and kind of a failed send. */
export interface SendFault {
  /**
   * - `http`: an error status
   * - `stream`: an error, or silence, after a good status
   * - `connection`, `timeout`, `aborted`: no status came
   * - `unreadable`: an answer came that has not the shape of one
   * - `unsupported`: the provider cannot take the request, so nothing was sent
   */
  kind: "http" | "stream" | "connection" | "timeout" | "aborted" | "unreadable" | "unsupported";
  /** HTTP status of the error. */
  status?: number;
  /** The API's own name for the error (`overloaded_error`). */
  type?: string;
  /** The API's code for the cause (`enforced_spend_limit_reached`, `context_length_exceeded`, `429`). */
  code?: string;
  /** Wait that the server asks for, in ms. */
  retryAfterMs?: number;
  /** The server says that the same request is worth another try, or not (`x-should-retry`). */
  shouldRetry?: boolean;
  /** The backend's ID of the request, for its support. */
  requestId?: string;
}

/**
 * Says that no answer came, and why. A sender of your own throws it.
 *
 * @example
 * ```ts
 * import { createExecutor, SendError, type Sender } from "rolecall";
 *
 * const sender: Sender<"mine"> = {
 *   provider: "mine",
 *   send: () => Promise.reject(new SendError("busy", { kind: "http", status: 503 })),
 * };
 * const step = { provider: "mine", model: "m", contextTokens: 8000, maxOutputTokens: 1000 } as const;
 * const executor = createExecutor({ policy: { name: "mine", chain: [step] }, sender, retry: { retries: 0 } });
 * const run = executor.run({ taskType: "greeting", prompt: "Say hello" });
 * await run.catch(({ attempts }) => console.log(attempts[0].failure)); // server
 * ```
 */
export class SendError extends Error {
  override name = "SendError";
  /** The place and kind of the failure: it decides what happens next. */
  readonly fault: SendFault;

  constructor(message: string, fault: SendFault, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

type HeaderOf = (name: string) => string | null | undefined;

/** Reads what the headers of an error say about trying again. `now` is in ms since the epoch. */
export function parseRetryHeaders(
  header: HeaderOf,
  now: number,
): Pick<SendFault, "retryAfterMs" | "shouldRetry"> {
  const retryAfterMs = parseRetryAfter(header, now);
  const shouldRetry = header("x-should-retry");
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...((shouldRetry === "true" || shouldRetry === "false") && { shouldRetry: shouldRetry === "true" }),
  };
}

/**
 * Parses `retry-after` into ms: seconds or an HTTP date; the finer `retry-after-ms` wins. A wait below zero and a date that
 * has passed are ignored: clocks differ. Zero means now.
 */
function parseRetryAfter(header: HeaderOf, now: number): number | undefined {
  const exact = decimal(header("retry-after-ms"));
  if (exact !== undefined && exact >= 0) return exact;
  const text = header("retry-after")?.trim();
  if (!text) return undefined;
  const seconds = decimal(text);
  if (seconds !== undefined) return seconds >= 0 ? seconds * 1000 : undefined;
  const delayMs = Date.parse(text) - now;
  return delayMs > 0 ? delayMs : undefined;
}

/** Parses a decimal number; undefined for other spellings that `Number` knows, such as `0x10`. */
function decimal(text: string | null | undefined): number | undefined {
  return typeof text === "string" && /^\s*[+-]?\d{1,15}(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
