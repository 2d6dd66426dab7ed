import type OpenAI from "openai";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { messageOf, RolecallError } from "../errors.ts";
import {
  type Answer,
  type Message,
  parseRetryAfter,
  SendError,
  type Sender,
  type SendHooks,
  type SendRequest,
  type StopReason,
} from "./sender.ts";

export interface OpenAiSenderOptions<P extends string> {
  /** The name that steps use for this endpoint (default `openai`). */
  provider?: P;
  /** Default: OPENAI_API_KEY. */
  apiKey?: string;
  /** Default: OPENAI_BASE_URL, else the vendor's API. */
  baseUrl?: string;
  /** What the endpoint calls the room for an answer; many compatible ones only know `max_tokens`. */
  roomField?: "max_completion_tokens" | "max_tokens";
}

/**
 * Sends to an OpenAI-compatible endpoint through the official `openai` package, an optional peer dependency. Text only:
 * images and tools do not cross providers. Throws RolecallError where the package is not installed.
 */
export async function createOpenAiSender<const P extends string = "openai">(
  options: OpenAiSenderOptions<P> = {},
): Promise<Sender<P>> {
  const { provider = "openai" as P, apiKey, baseUrl, roomField = "max_completion_tokens" } = options;
  const sdk = await loadOpenAi();
  const client = new sdk.OpenAI({ ...(apiKey && { apiKey }), ...(baseUrl && { baseURL: baseUrl }), ...ONCE });
  const translate = (thrown: unknown, connected: boolean): SendError => toSendError(sdk, thrown, connected);
  return {
    provider,
    async send(request, hooks) {
      const params: Params = { ...toParams(request), [roomField]: request.maxTokens };
      return hooks.onText
        ? sendStreaming(client, params, hooks, translate)
        : sendPlain(client, params, hooks, translate);
    },
  };
}

type Sdk = typeof import("openai");
type Translate = (thrown: unknown, connected: boolean) => SendError;
type Params = ReturnType<typeof toParams>;

const ONCE = { maxRetries: 0, timeout: 2 ** 31 - 1 } as const;

async function loadOpenAi(): Promise<Sdk> {
  try {
    return await import("openai");
  } catch (cause) {
    throw new RolecallError("the package openai is not installed", {
      hint: "npm install openai adds it; only steps of that provider need it.",
      cause,
    });
  }
}

async function sendPlain(
  client: OpenAI,
  params: Params,
  { signal }: SendHooks,
  translate: Translate,
): Promise<Answer> {
  try {
    const sent = client.chat.completions.create({ ...params, stream: false }, { signal, ...ONCE });
    const { data, request_id: requestId } = await sent.withResponse();
    return toAnswer(data, requestId);
  } catch (thrown) {
    throw translate(thrown, false);
  }
}

async function sendStreaming(
  client: OpenAI,
  params: Params,
  { signal, onText, onBeginning }: SendHooks,
  translate: Translate,
): Promise<Answer> {
  const stream = { stream: true, stream_options: { include_usage: true } } as const;
  let connected = false;
  try {
    const sent = client.chat.completions.create({ ...params, ...stream }, { signal, ...ONCE });
    const { data: chunks, request_id: requestId } = await sent.withResponse();
    connected = true;
    const whole = emptyCompletion();
    for await (const chunk of chunks) {
      const first = whole.id === "";
      const text = addChunk(whole, chunk);
      if (text !== "") onText?.(text);
      if (first) onBeginning?.(toAnswer(whole, requestId));
    }
    if (whole.choices[0].finish_reason === null)
      throw new SendError("the stream ended early", { kind: "stream" });
    return toAnswer(whole, requestId);
  } catch (thrown) {
    throw translate(thrown, connected);
  }
}

/** What is read of a completion, whole or gathered from chunks. */
interface Completion {
  id: string;
  model: string;
  choices: [{ finish_reason: string | null; message: { content: string; refusal: string } }];
  usage?: ChatCompletion["usage"] | null;
}

function emptyCompletion(): Completion {
  return { id: "", model: "", choices: [{ finish_reason: null, message: { content: "", refusal: "" } }] };
}

/** Adds a chunk; returns its text. */
function addChunk(whole: Completion, chunk: ChatCompletionChunk): string {
  const [choice] = whole.choices;
  const [part] = chunk.choices;
  const text = part?.delta.content ?? "";
  whole.id ||= chunk.id;
  whole.model ||= chunk.model;
  whole.usage = chunk.usage ?? whole.usage;
  choice.message.content += text;
  choice.message.refusal += part?.delta.refusal ?? "";
  choice.finish_reason = part?.finish_reason ?? choice.finish_reason;
  return text;
}

function toParams({ model, system, messages, tools, effort, temperature, stopSequences }: SendRequest) {
  if (tools) throw new SendError("tools do not cross providers", { kind: "unsupported" });
  const prompt: ChatCompletionMessageParam[] = [
    ...(system.length > 0
      ? [{ role: "system" as const, content: system.map(({ text }) => text).join("\n\n") }]
      : []),
    ...messages.map(({ role, content }) => ({ role, content: textOf(content) })),
  ];
  return {
    model,
    messages: prompt,
    ...(effort && { reasoning_effort: effort }),
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences && { stop: [...stopSequences] }),
  };
}

function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return content
    .map((block) => {
      if (block.type === "text" && typeof block["text"] === "string") return block["text"];
      throw new SendError(`a ${block.type} block does not cross providers`, { kind: "unsupported" });
    })
    .join("\n");
}

const STOPS: Readonly<Record<string, StopReason>> = {
  length: "max_tokens",
  content_filter: "refusal",
  tool_calls: "tool_use",
  function_call: "tool_use",
};

function toAnswer(completion: ChatCompletion | Completion, requestId: string | null): Answer {
  const { id, model, choices, usage } = completion;
  const [choice] = choices;
  const refused = Boolean(choice?.message.refusal);
  return {
    id,
    model,
    text: choice?.message.content ?? "",
    stopReason: refused ? "refusal" : (STOPS[choice?.finish_reason ?? ""] ?? "end"),
    usage: toUsage(usage),
    message: completion,
    ...(requestId && { requestId }),
  };
}

function toUsage(usage: ChatCompletion["usage"] | null): Usage {
  if (!usage) return NO_USAGE;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    ...NO_USAGE,
    input: usage.prompt_tokens - cacheRead,
    output: usage.completion_tokens,
    thinking: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    cacheRead,
  };
}

/** What the SDK threw, without its classes. */
function toSendError(sdk: Sdk, thrown: unknown, connected: boolean): SendError {
  if (thrown instanceof SendError) return thrown;
  const message = messageOf(thrown);
  if (thrown instanceof sdk.APIUserAbortError) return new SendError(message, { kind: "aborted" }, thrown);
  if (thrown instanceof sdk.APIConnectionTimeoutError)
    return new SendError(message, { kind: "timeout" }, thrown);
  if (thrown instanceof sdk.APIConnectionError) return new SendError(message, { kind: "connection" }, thrown);
  if (!(thrown instanceof sdk.APIError)) {
    const broken = connected || thrown instanceof TypeError;
    return new SendError(message, { kind: broken ? "stream" : "unreadable" }, thrown);
  }
  const status = thrown.status as number | undefined;
  const headers = thrown.headers as Headers | undefined;
  const retryAfterMs = parseRetryAfter((name) => headers?.get(name), Date.now());
  const fault = {
    ...(status !== undefined ? { kind: "http" as const, status } : { kind: "stream" as const }),
    ...(thrown.type && { type: thrown.type }),
    ...(thrown.code && { code: thrown.code }),
    ...(retryAfterMs !== undefined && status !== undefined && { retryAfterMs }),
    ...(thrown.requestID && { requestId: thrown.requestID }),
  };
  return new SendError(message, fault, thrown);
}
