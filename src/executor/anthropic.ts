import Anthropic, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from "@anthropic-ai/sdk";
import type { Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import type { BatchOutcome, BatchSender, BatchState } from "./batch.ts";
import {
  type Answer,
  type Beginning,
  parseRetryAfter,
  SendError,
  type Sender,
  type SendHooks,
  type SendRequest,
  type StopReason,
} from "./sender.ts";

export interface AnthropicSenderOptions {
  /** Default: ANTHROPIC_API_KEY. */
  apiKey?: string;
  /** Instead of a key. Default: ANTHROPIC_AUTH_TOKEN. */
  authToken?: string;
  /** Default: ANTHROPIC_BASE_URL, else the vendor's API. */
  baseUrl?: string;
}

/** Sends to the Messages API with the official SDK. The SDK's own retries are off: there is one retry loop. */
export function createAnthropicSender(
  options: AnthropicSenderOptions = {},
): Sender<"anthropic", Anthropic.Message> {
  const client = openAnthropic(options);
  return {
    provider: "anthropic",
    send: (request, hooks) =>
      hooks.onText || request.maxTokens > LONGEST_UNSTREAMED
        ? sendStreaming(client, request, hooks)
        : sendPlain(client, request, hooks),
    async countTokens(request, signal) {
      const {
        max_tokens: _room,
        temperature: _sampling,
        stop_sequences: _stops,
        ...params
      } = toParams(request);
      const counted = await client.messages.countTokens(params, { signal, ...ONCE });
      return counted.input_tokens;
    },
  };
}

/** The SDK's client with its retries off. */
function openAnthropic({ apiKey, authToken, baseUrl }: AnthropicSenderOptions): Anthropic {
  return new Anthropic({
    ...(apiKey && { apiKey }),
    ...(authToken && { authToken }),
    ...(baseUrl && { baseURL: baseUrl }),
    ...ONCE,
  });
}

/** The executor keeps time itself; the SDK's clock only must not get in its way. */
const ONCE = { maxRetries: 0, timeout: 2 ** 31 - 1 } as const;

/** Longer answers come over a stream even where nobody wants their text early: an idle connection gets cut. */
const LONGEST_UNSTREAMED = 16_384;

async function sendPlain(
  client: Anthropic,
  request: SendRequest,
  { signal }: SendHooks,
): Promise<Answer<Anthropic.Message>> {
  try {
    const sent = client.messages.create(toParams(request), { signal, ...ONCE });
    const { data, request_id: requestId } = await sent.withResponse();
    return toAnswer(data, requestId);
  } catch (thrown) {
    throw toSendError(thrown, false);
  }
}

async function sendStreaming(
  client: Anthropic,
  request: SendRequest,
  { signal, onText, onBeginning }: SendHooks,
): Promise<Answer<Anthropic.Message>> {
  const stream = client.messages.stream(toParams(request), { signal, ...ONCE });
  let connected = false;
  stream.on("connect", () => (connected = true));
  if (onText) stream.on("text", onText);
  stream.on("streamEvent", (event, snapshot) => {
    if (event.type === "message_start" || event.type === "message_delta")
      onBeginning?.(toBeginning(snapshot, stream.request_id));
  });
  try {
    const message = await stream.finalMessage();
    // The SDK takes a stream that ends in silence for a message; it never said why it stopped.
    if (message.stop_reason === null) throw new SendError("the stream ended early", { kind: "stream" });
    return toAnswer(message, stream.request_id);
  } catch (thrown) {
    throw toSendError(thrown, connected);
  }
}

function toParams(
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
  // Blocks and tools are the caller's, and pass as they are: the API itself says what is wrong with them.
  return params as unknown as Anthropic.MessageCreateParamsNonStreaming;
}

function toSystemBlock({ text, cache }: SendRequest["system"][number]): Anthropic.TextBlockParam {
  return { type: "text", text, ...(cache && { cache_control: { type: "ephemeral", ttl: cache } }) };
}

/** The API's message in the executor's words. */
function toAnswer(message: Anthropic.Message, requestId?: string | null): Answer<Anthropic.Message> {
  const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  const stopReason = STOPS[message.stop_reason ?? "end_turn"];
  return { ...toBeginning(message, requestId), text, stopReason, message };
}

const STOPS: Readonly<Record<Anthropic.StopReason, StopReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "tool_use",
  pause_turn: "pause",
  max_tokens: "max_tokens",
  refusal: "refusal",
  model_context_window_exceeded: "overflow",
};

function toBeginning(
  { id, model, usage }: Anthropic.Message,
  requestId: string | null | undefined,
): Beginning {
  return {
    id,
    model,
    usage: toUsage(usage),
    ...(requestId && { requestId }),
    ...(usage.speed === "fast" && { fast: true }),
    ...(usage.inference_geo === "us" && { usOnly: true }),
  };
}

function toUsage(usage: Anthropic.Usage): Usage {
  const written = usage.cache_creation_input_tokens ?? 0;
  const hour = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    thinking: usage.output_tokens_details?.thinking_tokens ?? 0,
    cacheWrite5m: usage.cache_creation?.ephemeral_5m_input_tokens ?? written - hour,
    cacheWrite1h: hour,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    webSearches: usage.server_tool_use?.web_search_requests ?? 0,
  };
}

/** What the SDK threw, without its classes. */
function toSendError(thrown: unknown, connected: boolean): SendError {
  if (thrown instanceof SendError) return thrown;
  const message = messageOf(thrown);
  if (thrown instanceof APIUserAbortError) return new SendError(message, { kind: "aborted" }, thrown);
  if (thrown instanceof APIConnectionTimeoutError) return new SendError(message, { kind: "timeout" }, thrown);
  if (thrown instanceof APIConnectionError) return new SendError(message, { kind: "connection" }, thrown);
  if (!(thrown instanceof APIError)) {
    // fetch reports a connection that breaks under a body as a TypeError.
    const broken = connected || thrown instanceof TypeError;
    return new SendError(message, { kind: broken ? "stream" : "unreadable" }, thrown);
  }
  const { status, type, errorCode, requestID, headers } = thrown as APIError;
  const retryAfterMs = parseRetryAfter((name) => headers?.get(name), Date.now());
  const fault = {
    ...(status !== undefined ? { kind: "http" as const, status } : { kind: "stream" as const }),
    ...(type && { type }),
    ...(errorCode && { code: errorCode }),
    ...(retryAfterMs !== undefined && status !== undefined && { retryAfterMs }),
    ...(requestID && { requestId: requestID }),
  };
  return new SendError(thrown.apiMessage ?? message, fault, thrown);
}

/** Takes batches with the official SDK: half price, results within a day. */
export function createAnthropicBatches(options: AnthropicSenderOptions = {}): BatchSender {
  const client = openAnthropic(options);
  const { batches } = client.messages;
  return {
    provider: "anthropic",
    create: async (requests) =>
      toBatchState(
        await batches.create({
          requests: requests.map(({ id, request }) => ({ custom_id: id, params: toParams(request) })),
        }),
      ),
    read: async (id) => toBatchState(await batches.retrieve(id)),
    async list(since) {
      const found: BatchState[] = [];
      for await (const batch of batches.list({ limit: 100 })) {
        const state = toBatchState(batch);
        if (state.createdAt < since) break;
        found.push(state);
      }
      return found;
    },
    async *results(id) {
      for await (const { custom_id: item, result } of await batches.results(id))
        yield toBatchOutcome(item, result);
    },
  };
}

function toBatchState(batch: Anthropic.Messages.MessageBatch): BatchState {
  const { canceled, errored, expired, processing, succeeded } = batch.request_counts;
  return {
    id: batch.id,
    createdAt: Date.parse(batch.created_at),
    items: canceled + errored + expired + processing + succeeded,
    ended: batch.processing_status === "ended",
  };
}

function toBatchOutcome(id: string, result: Anthropic.Messages.MessageBatchResult): BatchOutcome {
  if (result.type === "succeeded") return { id, answer: toAnswer(result.message) };
  if (result.type !== "errored")
    return { id, fault: { kind: "timeout" }, message: `the item was ${result.type}` };
  const { type, message } = result.error.error;
  return { id, fault: { kind: "stream", type }, message };
}
