import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { Usage } from "../domain/usage.ts";
import { type Answer, type AnswerStart, SendError, type SendFault, type StopReason } from "./sender.ts";
import { tokenCount } from "./usage.ts";

/** A completion, whole or gathered from chunks. Compatible endpoints leave out any of it. */
export interface Completion {
  id?: string;
  model?: string;
  choices?: Choice[];
  usage?: CompletionUsage | null;
  error?: ErrorBody;
}

interface Choice {
  finish_reason?: string | null;
  message?: ChoiceText;
  error?: ErrorBody;
}

/** Content is text, or a list of parts. Reasoning has no agreed name. */
interface ChoiceText {
  content?: unknown;
  refusal?: string | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
}

interface CompletionUsage {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown } | null;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
}

interface ErrorBody {
  message?: unknown;
  type?: unknown;
  code?: unknown;
}

export function emptyCompletion(): Completion {
  return { choices: [{ message: { content: "", refusal: "" } }] };
}

/** Adds a chunk to a completion, and returns what is new in it. */
export function addChunk(
  completion: Completion,
  chunk: Partial<ChatCompletionChunk>,
): { text: string; writtenBytes: number; started: boolean; whole: boolean } {
  const [choice] = completion.choices as [Choice & { message: { content: string; refusal: string } }];
  const part = chunk.choices?.[0];
  const delta = (part?.delta ?? {}) as ChoiceText;
  const text = textOf(delta.content);
  const reasoning = textOf(delta.reasoning_content ?? delta.reasoning);
  const started = completion.id === undefined;
  completion.id ??= chunk.id ?? "";
  if (chunk.model) completion.model ??= chunk.model;
  if (chunk.usage) completion.usage = chunk.usage;
  choice.message.content += text;
  choice.message.refusal += delta.refusal ?? "";
  choice.message.reasoning_content = `${choice.message.reasoning_content ?? ""}${reasoning}`;
  if (part?.finish_reason) choice.finish_reason = part.finish_reason;
  if (part && "error" in part) choice.error = part.error as ErrorBody;
  const writtenBytes = Buffer.byteLength(text) + Buffer.byteLength(reasoning);
  return { text, writtenBytes, started, whole: Boolean(choice.finish_reason) };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as { text?: unknown }[]).map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

/** Stop reasons, as endpoints write them; other reasons are the end. */
const STOPS: Readonly<Record<string, StopReason>> = {
  length: "max_tokens",
  max_tokens: "max_tokens",
  max_output_tokens: "max_tokens",
  model_length: "overflow",
  content_filter: "refusal",
  safety: "refusal",
  sensitive: "refusal",
  recitation: "refusal",
  prohibited_content: "refusal",
  tool_calls: "tool_use",
  function_call: "tool_use",
};

/** Reasons that say that the endpoint failed. */
const FAILED: ReadonlySet<string> = new Set([
  "error",
  "network_error",
  "abort",
  "aborted",
  "cancelled",
  "insufficient_system_resource",
]);

/** Returns the completion in the executor's words. Throws SendError if it is an error, or has no answer. */
export function toAnswer(completion: Completion, askedModel: string, requestId: string | null): Answer {
  const { choices, error } = Object(completion) as Completion;
  if (error)
    throw new SendError(`the endpoint answered with an error: ${String(error.message)}`, toFault(error));
  const choice = choices?.[0];
  if (!choice) throw new SendError("the answer has no choices", { kind: "unreadable" });
  const reason = choice.finish_reason?.toLowerCase();
  if (!reason) throw new SendError("the answer has no finish_reason", { kind: "unreadable" });
  if (FAILED.has(reason))
    throw new SendError(`the endpoint ended the answer with finish_reason ${reason}`, {
      type: "server_error",
      ...toFault(choice.error ?? {}),
    });
  const { message } = choice;
  if (!message) throw new SendError("the answer has no message", { kind: "unreadable" });
  const text = textOf(message.content);
  const reasoning = textOf(message.reasoning_content ?? message.reasoning);
  return {
    ...toStart(completion, askedModel, requestId),
    text,
    stopReason: message.refusal ? "refusal" : (STOPS[reason] ?? "end"),
    writtenBytes: Buffer.byteLength(text) + Buffer.byteLength(reasoning),
    message: completion,
  };
}

export function toStart(
  { id = "", model, usage }: Completion,
  askedModel: string,
  requestId: string | null,
): AnswerStart {
  return { id, model: model || askedModel, usage: toUsage(usage ?? {}), ...(requestId && { requestId }) };
}

/** Reads the counts that are there; the executor estimates what is missing. */
function toUsage(usage: CompletionUsage): Partial<Usage> {
  const prompt = tokenCount(usage.prompt_tokens);
  const output = tokenCount(usage.completion_tokens);
  const cacheRead = tokenCount(usage.prompt_tokens_details?.cached_tokens) ?? 0;
  return {
    ...(prompt !== undefined && { input: Math.max(0, prompt - cacheRead), cacheRead }),
    ...(output !== undefined && { output }),
    thinking: tokenCount(usage.completion_tokens_details?.reasoning_tokens) ?? 0,
  };
}

/** Returns the names and numbers of an error body; endpoints write codes as text and as numbers. */
export function toFault({ type, code }: ErrorBody): SendFault {
  const [typeName, codeName] = [nameOf(type), nameOf(code)];
  return {
    kind: "stream",
    ...(typeName && { type: typeName }),
    ...(codeName && { code: codeName }),
  };
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
