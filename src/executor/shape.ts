import { type Effort, EFFORTS } from "../domain/model.ts";
import type { ModelFacts } from "./catalogue.ts";
import type { CacheLifetime, Message, SendRequest, SystemBlock, Tool } from "./sender.ts";

/** What a caller wants, before it is known which model will be asked. */
export interface Wish {
  messages: readonly Message[];
  system?: string;
  /** Stable material that the prompt refers to: files, documents. Sent after the system prompt. */
  context?: readonly string[];
  tools?: readonly Tool[];
  toolChoice?: { type: string; [key: string]: unknown };
  effort?: Effort;
  thinking?: "on" | "off";
  temperature?: number;
  stopSequences?: readonly string[];
  /** Beginning of the answer, for models that can be made to go on from it. */
  prefill?: string;
  cache?: CacheWish;
}

/** How often the same system prompt and context will be sent to the same model within the cache's lifetime. */
export interface CacheWish {
  expectedUses: number;
  lifetime?: CacheLifetime;
}

/** A request that its model accepts, and what had to be left out or changed for that. */
export interface Shaped {
  request: SendRequest;
  /** What was sent of the prefill: it belongs before the text of the answer. */
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

/** Fits a wish to a model: thinking, effort, sampling and prefill in the one combination that is no 400 there. */
export function shapeRequest(wish: Wish, facts: ModelFacts, maxTokens: number): Shaped {
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

/** The level itself, or the highest that the model accepts below it. */
function nearestEffort(wanted: Effort, accepted: readonly Effort[]): Effort | undefined {
  return accepted.findLast((effort) => EFFORTS.indexOf(effort) <= EFFORTS.indexOf(wanted)) ?? accepted[0];
}

function shapeThinking(
  wish: Wish,
  facts: ModelFacts,
  effort: Effort | undefined,
  maxTokens: number,
): SendRequest["thinking"] {
  if (wish.thinking === undefined || facts.thinking === "none") return undefined;
  const forced = wish.toolChoice?.type === "any" || wish.toolChoice?.type === "tool";
  if (wish.thinking === "on" && !forced)
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

function systemBlocks(wish: Wish, facts: ModelFacts): SystemBlock[] {
  const { system, context = [], cache } = wish;
  const lifetime = cache?.lifetime ?? "5m";
  const mark = cache && cache.expectedUses >= cacheBreakEven(facts, lifetime) ? { cache: lifetime } : {};
  return [
    ...(system ? [{ text: system, ...mark }] : []),
    ...context.map((text, index) => ({ text, ...(index === context.length - 1 && mark) })),
  ];
}

/**
 * From how many uses on a cached prefix is cheaper than sending it fresh: the least n with
 * write + (n − 1) · read < n. Infinity where the model's cache has no price.
 */
export function cacheBreakEven(facts: ModelFacts, lifetime: CacheLifetime): number {
  if (!facts.cacheFactors) return Number.POSITIVE_INFINITY;
  const { write5m, write1h, read } = facts.cacheFactors;
  const write = lifetime === "5m" ? write5m : write1h;
  return Math.floor((write - read) / (1 - read)) + 1;
}

/** Bytes of UTF-8 per token, below what English (4 and more), dense code and other scripts (3) are known to need. */
const BYTES_PER_TOKEN = 2;

/** An upper guess of the prompt's length in tokens, without asking anybody. */
export function estimateTokens(wish: Wish): number {
  const parts = [wish.system ?? "", ...(wish.context ?? []), wish.prefill ?? ""];
  const bytes =
    parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0) +
    wish.messages.reduce((sum, { content }) => sum + lengthOf(content), 0) +
    (wish.tools ? Buffer.byteLength(JSON.stringify(wish.tools)) : 0);
  return Math.ceil(bytes / BYTES_PER_TOKEN) + 8 * (wish.messages.length + parts.length);
}

function lengthOf(content: Message["content"]): number {
  return Buffer.byteLength(typeof content === "string" ? content : JSON.stringify(content));
}
