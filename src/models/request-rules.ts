import type { RequestRules, ThinkingRule } from "../domain/request-rules.ts";
import type { ModelEntry } from "./entry.ts";

/** Models whose thinking is not what their generation does otherwise. Source: the vendor's model pages. */
const THINKING: Readonly<Record<string, ThinkingRule>> = {
  "claude-fable-5-2": "always",
  "claude-mythos-5-2": "always",
  "claude-opus-5-5": "always",
  "claude-sonnet-5-5": "between-tools",
  "claude-fable-5-1": "always",
  "claude-mythos-5-1": "always",
  "claude-opus-5": "adaptive-up-to-high",
  "claude-fable-5": "always",
  "claude-mythos-5": "always",
  "claude-mythos-preview": "always",
  "claude-opus-4-6": "adaptive",
  "claude-sonnet-4-6": "adaptive",
};

/** Opus 4.6, the first model to refuse a prefilled answer. */
const FIRST_WITHOUT_PREFILL = "2026-02-05";
/** Claude 3.7, the first model that thinks. */
const FIRST_THINKING = "2025-02-19";

/**
 * Returns what a request to `model` may carry. Source: the vendor's pages on thinking, effort and API errors; sampling left with
 * Opus 4.7, prefill with the 4.6 generation.
 */
export function requestRules(model: ModelEntry): RequestRules {
  return {
    thinking: THINKING[model.id] ?? thinkingOf(model),
    sampling: model.tokenizer === "v3",
    prefill: model.released < FIRST_WITHOUT_PREFILL,
  };
}

function thinkingOf(model: ModelEntry): ThinkingRule {
  if (model.tokenizer === "v4.7") return "adaptive";
  return model.released >= FIRST_THINKING ? "budget" : "none";
}
