import type OpenAI from "openai";
import type { ChatCompletionChunk, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { messageOf, RolecallError } from "../errors.ts";
import { addChunk, type Completion, emptyCompletion, toAnswer, toStart } from "./openai-answer.ts";
import { readErrorNames } from "./error-names.ts";
import { isStream, readWhole } from "./read-whole.ts";
import {
  type Answer,
  type Message,
  parseRetryHeaders,
  SendError,
  type Sender,
  type SendHooks,
  type SendRequest,
} from "./sender.ts";

/** Address and credentials of an OpenAI-compatible endpoint. */
export interface OpenAiSenderOptions<P extends string> {
  /** The name that steps use for this endpoint (default `openai`). */
  provider?: P;
  /** Default: OPENAI_API_KEY. */
  apiKey?: string;
  /** Default: OPENAI_BASE_URL, otherwise the vendor's API. */
  baseUrl?: string;
  /** The endpoint's name for the token limit of an answer (default `max_completion_tokens`); many only know `max_tokens`. */
  roomField?: "max_completion_tokens" | "max_tokens";
}

/**
 * Creates a sender for an OpenAI-compatible endpoint, with the official `openai` package, an optional peer dependency. Text
 * only: images and tools do not cross providers. Throws RolecallError if the package is not installed.
 *
 * @example
 * ```ts
 * import { createExecutor, createOpenAiSender } from "rolecall";
 *
 * const sender = await createOpenAiSender({ provider: "local", roomField: "max_tokens" });
 * const model = { provider: "local", model: "small", contextTokens: 32_000, maxOutputTokens: 4000 } as const;
 * const executor = createExecutor({ policy: { name: "local", chain: [model] }, sender });
 * const { text } = await executor.run({ taskType: "greeting", prompt: "Say hello" });
 * console.log(text);
 * ```
 */
export async function createOpenAiSender<const P extends string = "openai">(
  options: OpenAiSenderOptions<P> = {},
): Promise<Sender<P>> {
  const { provider = "openai" as P, apiKey, baseUrl, roomField = "max_completion_tokens" } = options;
  const sdk = await loadOpenAi();
  const client = new sdk.OpenAI({
    ...(apiKey && { apiKey }),
    ...(baseUrl && { baseURL: baseUrl }),
    ...ONCE,
    logLevel: "off", // it prints what it cannot parse
  });
  return {
    provider,
    async send(request, hooks) {
      const params: Params = { ...toParams(request), [roomField]: request.maxTokens };
      let connected = false;
      try {
        return hooks.onText
          ? await sendStreaming(client, params, hooks, () => (connected = true))
          : await sendPlain(client, params, hooks);
      } catch (thrown) {
        throw toSendError(sdk, thrown, connected);
      }
    },
  };
}

type OpenAiSdk = typeof import("openai");
type Params = ReturnType<typeof toParams>;

/** The executor keeps time itself, so the SDK's limit is as far away as it can be. */
const ONCE = { maxRetries: 0, timeout: 2 ** 31 - 1 } as const;

async function loadOpenAi(): Promise<OpenAiSdk> {
  try {
    return await import("openai");
  } catch (cause) {
    throw new RolecallError("openai: package not installed", {
      hint: "Try npm install openai: steps of that provider need it.",
      cause,
    });
  }
}

async function sendPlain(client: OpenAI, params: Params, { signal }: SendHooks): Promise<Answer> {
  const sent = client.chat.completions.create({ ...params, stream: false }, { signal, ...ONCE });
  const { data, request_id: requestId } = await sent.withResponse();
  return toAnswer(data, params.model, requestId);
}

async function sendStreaming(
  client: OpenAI,
  params: Params,
  { signal, onText, onStart, onWritten }: SendHooks,
  onConnect: () => void,
): Promise<Answer> {
  const stream = { stream: true, stream_options: { include_usage: true } } as const;
  const sent = client.chat.completions.create({ ...params, ...stream }, { signal, ...ONCE });
  const { data: chunks, response, request_id: requestId } = await sent.withResponse();
  onConnect();
  if (!isStream(response)) return toAnswer((await response.json()) as Completion, params.model, requestId);
  const completion = emptyCompletion();
  const read = async (onWhole: () => void): Promise<void> => {
    for await (const chunk of chunks as AsyncIterable<Partial<ChatCompletionChunk>>) {
      const { text, writtenBytes, started, whole } = addChunk(completion, chunk);
      if (text !== "") onText?.(text);
      if (writtenBytes > 0) onWritten?.(writtenBytes);
      if (started) onStart?.(toStart(completion, params.model, requestId));
      if (whole) onWhole();
    }
  };
  const whole = await readWhole(read, () => chunks.controller.abort(), signal);
  if (!whole) throw new SendError("the stream ended early", { kind: "stream" });
  return toAnswer(completion, params.model, requestId);
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

/** Returns what the SDK threw, without its classes. */
function toSendError(sdk: OpenAiSdk, thrown: unknown, connected: boolean): SendError {
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
  const fault = {
    ...(status !== undefined ? { kind: "http" as const, status } : { kind: "stream" as const }),
    ...readErrorNames(thrown.error),
    ...(status !== undefined && parseRetryHeaders((name) => headers?.get(name), Date.now())),
    ...(thrown.requestID && { requestId: thrown.requestID }),
  };
  return new SendError(message, fault, thrown);
}
