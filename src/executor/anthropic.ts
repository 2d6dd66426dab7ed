import type Anthropic from "@anthropic-ai/sdk";
import { sum } from "../domain/numbers.ts";
import type { Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import { type ArrivingMessage, gatherMessage, type StreamReader } from "./anthropic-stream.ts";
import { readErrorNames } from "./error-names.ts";
import { isStream, readWhole } from "./read-whole.ts";
import {
  type Answer,
  type AnswerStart,
  parseRetryHeaders,
  SendError,
  type Sender,
  type SendHooks,
  type SendRequest,
} from "./sender.ts";
import { readStop } from "./stop-reason.ts";
import { tokenCount } from "./usage.ts";

/** Address and credentials of the Anthropic API. */
export interface AnthropicSenderOptions {
  /** Default: ANTHROPIC_API_KEY. */
  apiKey?: string;
  /** A bearer token instead of a key. Default: ANTHROPIC_AUTH_TOKEN. */
  authToken?: string;
  /** Default: ANTHROPIC_BASE_URL, otherwise the vendor's API. */
  baseUrl?: string;
}

/**
 * Creates a sender for the Messages API, with the official SDK. The SDK's own retries are off: there is one retry loop. The
 * SDK is loaded with the first request.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, SAME_MODEL } from "rolecall";
 *
 * const sender = createAnthropicSender(); // ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL
 * const executor = createExecutor({ policy: SAME_MODEL, sender });
 * const { text } = await executor.run({ taskType: "greeting", prompt: "Say hello" });
 * console.log(text);
 * ```
 */
export function createAnthropicSender(
  options: AnthropicSenderOptions = {},
): Sender<"anthropic", Anthropic.Message> {
  const connect = connector(options);
  return {
    provider: "anthropic",
    async send(request, hooks) {
      const connection = await connect();
      const streams = hooks.onText !== undefined || request.maxTokens > LONGEST_UNSTREAMED;
      return streams ? sendStreaming(connection, request, hooks) : sendPlain(connection, request, hooks);
    },
    async countTokens(request, signal) {
      const {
        max_tokens: _room,
        temperature: _sampling,
        stop_sequences: _stops,
        ...params
      } = toParams(request);
      const { client } = await connect();
      const counted = await client.messages.countTokens(params, { signal, ...ONCE });
      return counted.input_tokens;
    },
  };
}

type AnthropicSdk = typeof import("@anthropic-ai/sdk");

/** The SDK and a client of it. */
export interface Connection {
  sdk: AnthropicSdk;
  client: Anthropic;
}

/** Opens a client at the first use: loading the SDK takes longer than all the rest of this library. */
export function connector({ apiKey, authToken, baseUrl }: AnthropicSenderOptions): () => Promise<Connection> {
  let connection: Promise<Connection> | undefined;
  const open = async (): Promise<Connection> => {
    const sdk = await import("@anthropic-ai/sdk");
    const client = new sdk.Anthropic({
      ...(apiKey && { apiKey }),
      ...(authToken && { authToken }),
      ...(baseUrl && { baseURL: baseUrl }),
      ...ONCE,
      logLevel: "off", // it prints what it cannot parse
    });
    return { sdk, client };
  };
  return () => (connection ??= open());
}

/** The executor keeps time itself, so the SDK's limit is as far away as it can be. */
const ONCE = { maxRetries: 0, timeout: 2 ** 31 - 1 } as const;

/** Longer answers are streamed even if nobody wants their text early: an idle connection gets cut. */
const LONGEST_UNSTREAMED = 16_384;

async function sendPlain(
  { sdk, client }: Connection,
  request: SendRequest,
  { signal }: SendHooks,
): Promise<Answer<Anthropic.Message>> {
  try {
    const sent = client.messages.create(toParams(request), { signal, ...ONCE });
    const { data, request_id: requestId } = await sent.withResponse();
    return toAnswer(data, request, requestId);
  } catch (thrown) {
    throw toSendError(sdk, thrown, false);
  }
}

async function sendStreaming(
  { sdk, client }: Connection,
  request: SendRequest,
  { signal, onText, onStart, onWritten }: SendHooks,
): Promise<Answer<Anthropic.Message>> {
  const arriving: ArrivingMessage = {};
  let connected = false;
  try {
    const sent = client.messages.create({ ...toParams(request), stream: true }, { signal, ...ONCE });
    const { data: stream, response, request_id: requestId } = await sent.withResponse();
    connected = true;
    if (!isStream(response))
      return toAnswer((await response.json()) as Anthropic.Message, request, requestId);
    const reader: StreamReader = {
      onText: (text) => onText?.(text),
      onStart: (message) => onStart?.(toStart(message, request, requestId)),
      onWritten: (bytes) => onWritten?.(bytes),
    };
    const read = (onWhole: () => void) => gatherMessage(stream, arriving, { ...reader, onWhole });
    const whole = await readWhole(read, () => stream.controller.abort(), signal);
    // The SDK takes a stream that ends in silence for a whole one; but it never said why it stopped.
    if (!arriving.message || !whole) throw new SendError("the stream ended early", { kind: "stream" });
    return toAnswer(arriving.message, request, requestId);
  } catch (thrown) {
    throw toSendError(sdk, thrown, connected);
  }
}

/** Returns a request as the API takes it. */
export function toParams(
  request: SendRequest,
): Anthropic.MessageCreateParamsNonStreaming & { temperature?: number } {
  const {
    model,
    maxTokens,
    system,
    messages,
    tools,
    toolChoice,
    effort,
    thinking,
    temperature,
    stopSequences,
  } = request;
  const params = {
    model,
    max_tokens: maxTokens,
    messages,
    ...(system.length > 0 && { system: system.map(toSystemBlock) }),
    ...(tools && { tools }),
    ...(toolChoice && { tool_choice: toolChoice }),
    ...(effort && { output_config: { effort } }),
    ...(thinking && { thinking }),
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences && { stop_sequences: stopSequences }),
  };
  // Blocks and tools are the caller's and pass as they are: the API itself reports what is wrong with them.
  return params as unknown as Anthropic.MessageCreateParamsNonStreaming;
}

function toSystemBlock({ text, cache }: SendRequest["system"][number]): Anthropic.TextBlockParam {
  return { type: "text", text, ...(cache && { cache_control: { type: "ephemeral", ttl: cache } }) };
}

/** Returns the API's message in the executor's words. Throws SendError for what has not the shape of one. */
export function toAnswer(
  message: Anthropic.Message,
  request: Pick<SendRequest, "model">,
  requestId?: string | null,
): Answer<Anthropic.Message> {
  if (Object(message).error)
    throw new SendError("the backend answered with an error", { kind: "stream", ...readErrorNames(message) });
  if (!Array.isArray(message?.content))
    throw new SendError("the answer is not a message of the API", { kind: "unreadable" });
  const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  const stopReason = readStop(message.stop_reason ?? "end_turn");
  if (stopReason === undefined)
    throw new SendError(`the backend ended the answer with stop_reason ${message.stop_reason}`, {
      kind: "stream",
      type: "api_error",
    });
  const writtenBytes = sum(message.content.map(bytesOf));
  return { ...toStart(message, request, requestId), text, stopReason, message, writtenBytes };
}

/** Bytes that the model itself wrote of a block. */
function bytesOf(block: Anthropic.ContentBlock): number {
  if (block.type === "text") return Buffer.byteLength(block.text);
  if (block.type === "thinking") return Buffer.byteLength(block.thinking);
  return "input" in block ? Buffer.byteLength(JSON.stringify(block.input ?? "")) : 0;
}

function toStart(
  { id, model, usage }: Partial<Anthropic.Message>,
  request: Pick<SendRequest, "model">,
  requestId: string | null | undefined,
): AnswerStart {
  return {
    id: id ?? "",
    model: model || request.model,
    usage: toUsage(usage ?? {}),
    ...(requestId && { requestId }),
    ...(usage?.speed === "fast" && { fast: true }),
    ...(usage?.inference_geo === "us" && { usOnly: true }),
  };
}

/** Reads the counts that are there; the executor estimates what is missing. */
function toUsage(usage: Partial<Anthropic.Usage>): Partial<Usage> {
  const input = tokenCount(usage.input_tokens);
  const output = tokenCount(usage.output_tokens);
  const written = tokenCount(usage.cache_creation_input_tokens) ?? 0;
  const hour = tokenCount(usage.cache_creation?.ephemeral_1h_input_tokens) ?? 0;
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    thinking: tokenCount(usage.output_tokens_details?.thinking_tokens) ?? 0,
    // What is not known to be kept for an hour is priced as five minutes.
    cacheWrite5m: Math.max(tokenCount(usage.cache_creation?.ephemeral_5m_input_tokens) ?? 0, written - hour),
    cacheWrite1h: hour,
    cacheRead: tokenCount(usage.cache_read_input_tokens) ?? 0,
    webSearches: tokenCount(usage.server_tool_use?.web_search_requests) ?? 0,
  };
}

/** The API's only sign of an account without credit: a 400 with this message, of the type of any bad request. */
const NO_CREDIT = /\bcredit balance is too low\b/i;

/** Returns what the SDK threw, without its classes. */
export function toSendError(sdk: AnthropicSdk, thrown: unknown, connected: boolean): SendError {
  if (thrown instanceof SendError) return thrown;
  const message = messageOf(thrown);
  if (thrown instanceof sdk.APIUserAbortError) return new SendError(message, { kind: "aborted" }, thrown);
  if (thrown instanceof sdk.APIConnectionTimeoutError)
    return new SendError(message, { kind: "timeout" }, thrown);
  if (thrown instanceof sdk.APIConnectionError) return new SendError(message, { kind: "connection" }, thrown);
  if (!(thrown instanceof sdk.APIError)) {
    // fetch reports a connection that breaks under a body as a TypeError.
    const broken = connected || thrown instanceof TypeError;
    return new SendError(message, { kind: broken ? "stream" : "unreadable" }, thrown);
  }
  const { status, type, error, requestID, headers } = thrown as InstanceType<AnthropicSdk["APIError"]>;
  const fault = {
    ...(status !== undefined ? { kind: "http" as const, status } : { kind: "stream" as const }),
    ...(type && { type }),
    ...readErrorNames(error),
    ...(NO_CREDIT.test(message) && { code: "credit_balance_too_low" }),
    ...(status !== undefined && parseRetryHeaders((name) => headers?.get(name), Date.now())),
    ...(requestID && { requestId: requestID }),
  };
  return new SendError(thrown.apiMessage ?? message, fault, thrown);
}
