import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { Usage } from "../domain/usage.ts";
import { readErrorNames } from "./error-names.ts";
import { type Answer, type AnswerStart, SendError } from "./sender.ts";
import { readStop } from "./stop-reason.ts";
import { tokenCount } from "./usage.ts";

/** A completion, whole or gathered from chunks. Compatible endpoints leave out any of it. */
export interface Completion {
  id?: string;
  model?: string;
  choices?: Choice[];
  usage?: CompletionUsage | null;
  x_groq?: { usage?: CompletionUsage | null } | null;
  error?: ErrorBody;
}

interface Choice {
  finish_reason?: unknown;
  message?: ChoiceText;
  usage?: CompletionUsage | null;
  error?: ErrorBody;
}

/** Content is text, or a list of parts. Reasoning has no agreed name. */
interface ChoiceText {
  content?: unknown;
  refusal?: string | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
}

/** Some endpoints use the names of the newer API. */
interface CompletionUsage {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  input_tokens?: unknown;
  output_tokens?: unknown;
  prompt_cache_hit_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown } | null;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
}

interface ErrorBody {
  message?: unknown;
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
  const usage = usageOf(chunk);
  if (usage) completion.usage = usage;
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

/** Returns the completion in the executor's words. Throws SendError if it is an error, or has no answer. */
export function toAnswer(completion: Completion, askedModel: string, requestId: string | null): Answer {
  const { choices, error } = Object(completion) as Completion;
  if (error)
    throw new SendError(`the endpoint answered with an error: ${String(error.message)}`, {
      kind: "stream",
      ...readErrorNames(error),
    });
  const choice = choices?.[0];
  if (!choice) throw new SendError("the answer has no choices", { kind: "unreadable" });
  const reason = choice.finish_reason;
  if (typeof reason !== "string" || reason === "")
    throw new SendError("the answer has no finish_reason", { kind: "unreadable" });
  const stopReason = readStop(reason);
  if (stopReason === undefined)
    throw new SendError(`the endpoint ended the answer with finish_reason ${reason}`, {
      kind: "stream",
      type: "server_error",
      ...readErrorNames(choice.error),
    });
  const { message } = choice;
  if (!message) throw new SendError("the answer has no message", { kind: "unreadable" });
  const text = textOf(message.content);
  const reasoning = textOf(message.reasoning_content ?? message.reasoning);
  return {
    ...toStart(completion, askedModel, requestId),
    text,
    stopReason: message.refusal ? "refusal" : stopReason,
    writtenBytes: Buffer.byteLength(text) + Buffer.byteLength(reasoning),
    message: completion,
  };
}

export function toStart(completion: Completion, askedModel: string, requestId: string | null): AnswerStart {
  const { id = "", model } = completion;
  const usage = toUsage(usageOf(completion) ?? {});
  return { id, model: model || askedModel, usage, ...(requestId && { requestId }) };
}

/** Endpoints put the usage beside the choices, into the choice, or into a field of their own. */
function usageOf({ usage, choices, x_groq: ofGroq }: Completion): CompletionUsage | null | undefined {
  return usage ?? choices?.[0]?.usage ?? ofGroq?.usage;
}

/** Reads the counts that are there; the executor estimates what is missing. */
function toUsage(usage: CompletionUsage): Partial<Usage> {
  const prompt = tokenCount(usage.prompt_tokens ?? usage.input_tokens);
  const output = tokenCount(usage.completion_tokens ?? usage.output_tokens);
  const cacheRead =
    tokenCount(usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens) ?? 0;
  return {
    ...(prompt !== undefined && { input: Math.max(0, prompt - cacheRead), cacheRead }),
    ...(output !== undefined && { output }),
    thinking: tokenCount(usage.completion_tokens_details?.reasoning_tokens) ?? 0,
  };
}
