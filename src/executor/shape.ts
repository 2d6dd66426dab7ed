import { type Effort, EFFORTS } from "../domain/model.ts";
import type { ExecutorModel } from "./catalogue.ts";
import type { Message, PrefixLifetime, SendRequest, SystemBlock, Tool } from "./sender.ts";
import { continuesWithoutThinking } from "./signatures.ts";

/** The wish of a caller, before it is known which model will be asked. */
export interface Wish {
  /** The conversation, oldest message first. */
  messages: readonly Message[];
  /** The system prompt. */
  system?: string;
  /** Stable material that the prompt refers to: files, documents. It is sent after the system prompt. */
  context?: readonly string[];
  /** Tools that the model may call. */
  tools?: readonly Tool[];
  /** The Messages API's `tool_choice`, sent as it is. */
  toolChoice?: { type: string; [key: string]: unknown };
  /** A model that does not know this level gets the next lower one. */
  effort?: Effort;
  /** Extended thinking, in the form that the model accepts (default: the model's own). */
  thinking?: "on" | "off";
  /** Sent only to models that accept one, and only without thinking. */
  temperature?: number;
  /** Texts at which the answer ends. */
  stopSequences?: readonly string[];
  /** Beginning of the answer, for models that can continue from it. */
  prefill?: string;
  /** Uses of the system prompt and the context that decide whether to cache them. */
  cache?: CacheWish;
}

/** Expected uses of the same system prompt and context on the same model within the cache's lifetime. */
export interface CacheWish {
  /** Number of requests with the same prefix, this one included. */
  expectedUses: number;
  /** Default `5m`. */
  lifetime?: PrefixLifetime;
}

/** A request that its model accepts, and the adjustments that this took. */
export interface Shaped {
  request: SendRequest;
  /** The part of the prefill that was sent: it belongs before the text of the answer. */
  prefill: string;
  adjustments: string[];
}

/** The smallest budget that the API accepts. */
const LEAST_THINKING_TOKENS = 1024;
const THINKING_SHARE: Readonly<Record<Effort, number>> = {
  low: 0.25,
  medium: 0.4,
  high: 0.6,
  xhigh: 0.7,
  max: 0.8,
};

/** Fits a wish to a model: thinking, effort, sampling and prefill in the one combination that it accepts. */
export function shapeRequest(wish: Wish, facts: ExecutorModel, maxTokens: number): Shaped {
  const adjustments: string[] = [];
  const left = (what: string): void => void adjustments.push(`${what} (${facts.id})`);
  const effort = wish.effort && nearestEffort(wish.effort, facts.efforts);
  if (wish.effort && effort !== wish.effort) left(effort ? `effort ${effort}` : "no effort");
  const room = Math.min(maxTokens, facts.maxOutputTokens);
  const thinking = shapeThinking(wish, facts, effort, room);
  if (wish.thinking === "off" && thinking === undefined && facts.thinking === "always")
    left("thinking stays on");
  if (wish.thinking === "on" && thinking === undefined) left("no thinking");
  const thinks = thinking !== undefined && thinking.type !== "disabled";
  const sampling = facts.sampling && !thinks;
  if (wish.temperature !== undefined && !sampling) left("no temperature");
  const prefill = wish.prefill !== undefined && facts.prefill && !thinks ? wish.prefill : "";
  if (wish.prefill && !prefill) left("no prefill");
  const request: SendRequest = {
    model: facts.id,
    maxTokens: room,
    system: systemBlocks(wish, facts),
    messages: prefill ? [...wish.messages, { role: "assistant", content: prefill }] : wish.messages,
    ...(wish.tools && { tools: wish.tools }),
    ...(wish.toolChoice && { toolChoice: wish.toolChoice }),
    ...(effort && { effort }),
    ...(thinking && { thinking }),
    ...(wish.temperature !== undefined && sampling && { temperature: wish.temperature }),
    ...(wish.stopSequences && { stopSequences: wish.stopSequences }),
  };
  return { request, prefill, adjustments };
}

/** Returns the level itself, or the highest that the model accepts below it. */
function nearestEffort(wanted: Effort, accepted: readonly Effort[]): Effort | undefined {
  return accepted.findLast((effort) => EFFORTS.indexOf(effort) <= EFFORTS.indexOf(wanted)) ?? accepted[0];
}

function shapeThinking(
  wish: Wish,
  facts: ExecutorModel,
  effort: Effort | undefined,
  maxTokens: number,
): SendRequest["thinking"] {
  if (wish.thinking === undefined || facts.thinking === "none") return undefined;
  const forced = wish.toolChoice?.type === "any" || wish.toolChoice?.type === "tool";
  const impossible = forced || (facts.thinking === "budget" && continuesWithoutThinking(wish.messages));
  if (wish.thinking === "on" && !impossible)
    return facts.thinking === "budget"
      ? budgetThinking(effort ?? wish.effort, maxTokens)
      : { type: "adaptive" };
  if (wish.thinking === "on" || facts.thinking === "budget" || facts.thinking === "always") return undefined;
  if (facts.thinking === "between-tools") return { type: "between_tools" };
  const tooHigh = effort === "xhigh" || effort === "max";
  return facts.thinking === "adaptive-up-to-high" && tooHigh ? undefined : { type: "disabled" };
}

function budgetThinking(effort: Effort = "medium", maxTokens: number): SendRequest["thinking"] {
  const budget = Math.max(LEAST_THINKING_TOKENS, Math.floor(maxTokens * THINKING_SHARE[effort]));
  return budget < maxTokens ? { type: "enabled", budget_tokens: budget } : undefined;
}

function systemBlocks(wish: Wish, facts: ExecutorModel): SystemBlock[] {
  const { system, context = [], cache } = wish;
  const lifetime = cache?.lifetime ?? "5m";
  const mark = cache && cache.expectedUses >= cacheBreakEven(facts, lifetime) ? { cache: lifetime } : {};
  return [
    ...(system ? [{ text: system, ...mark }] : []),
    ...context.map((text, index) => ({ text, ...(index === context.length - 1 && mark) })),
  ];
}

/**
 * Returns from how many uses on a cached prefix is cheaper than sending it fresh: the least n with
 * write + (n − 1) · read < n. Infinity if the model's cache has no price.
 */
export function cacheBreakEven(facts: ExecutorModel, lifetime: PrefixLifetime): number {
  if (!facts.cacheFactors) return Number.POSITIVE_INFINITY;
  const { write5m, write1h, read } = facts.cacheFactors;
  const write = lifetime === "5m" ? write5m : write1h;
  return Math.floor((write - read) / (1 - read)) + 1;
}
