import { categorize } from "../analysis/outcomes/categories.ts";
import type { Categories } from "../domain/task.ts";
import { needsOf, readFlags, type Route } from "../executor/route.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import { chooseTier } from "../policy/tier.ts";
import { readTopics } from "../transcripts/observe/topics.ts";

export type { Route };

/** What is known of a prompt's work besides its words. */
export interface PromptContext {
  /** The agent type that gets it; by default the main thread. */
  agent?: string | undefined;
  /** A check decides whether the answer is good. */
  checked?: boolean | undefined;
  /** Tokens of context besides the prompt. */
  contextTokens?: number | undefined;
}

/**
 * Classifies a prompt: complexity and category by the rules that judge tasks in transcripts, error cost and flags by its
 * words. The policy's rules make a tier and an effort of that. Deterministic; no text of the prompt is kept.
 */
export function classifyPrompt(prompt: string, context: PromptContext = {}): Route {
  const { agent = "main", checked = false, contextTokens = 0 } = context;
  const { complexity, class: category, from } = categoriesOf(prompt, agent);
  const flags = readFlags(prompt);
  const needs = needsOf(prompt, flags, { complexity, checked, contextTokens });
  const { tier, effort, steps } = chooseTier(needs, modelFacts());
  const redFlags = [...flags.scope, ...flags.risk];
  return {
    tier,
    effort,
    complexity,
    category,
    errorCost: needs.errorCost,
    redFlags,
    greenFlags: flags.green,
    reasons: [
      `${complexity} work${from.length > 0 ? ` (${from.join(", ")})` : ", by default"}`,
      ...(redFlags.length > 0 ? [`the prompt ${redFlags.join(", ")}`] : []),
      ...(checked ? ["a check decides whether the answer is good"] : []),
      ...steps,
    ],
  };
}

/** A prompt without a telling word is ordinary work. */
function categoriesOf(prompt: string, agent: string): Categories {
  const topics = readTopics(prompt);
  const found = categorize({ prompt: { topics }, agent, events: [], files: new Set(), planMode: false });
  return found.from.length > 0 ? found : { ...found, complexity: "generative" };
}
