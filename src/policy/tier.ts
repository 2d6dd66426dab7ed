import { FAMILIES, tierRank, type Effort, type Tier } from "../domain/model.ts";
import type { Needs } from "../domain/policy.ts";
import type { ModelFacts } from "./model-facts.ts";

/** The tier that needs come to, and the steps that led there. */
export interface TierChoice {
  tier: Tier;
  effort: Effort;
  /** One line per step that had a say. */
  steps: readonly string[];
}

/** The needs of a role that says nothing of its own: ordinary feature work. */
export const ORDINARY_NEEDS: Needs = {
  reasoning: "generative",
  files: "few",
  contextTokens: 100_000,
  toolUse: "simple",
  speed: "normal",
  errorCost: "normal",
};

/** Above this nothing is chosen by needs; Fable is a decision of its own, by a pin. */
const CEILING: Tier = "opus";

const BY_REASONING = { mechanical: "haiku", generative: "sonnet", deep: "opus" } as const;
const BY_FILES = { one: "haiku", few: "haiku", many: "opus" } as const;
const BY_TOOL_USE = { simple: "haiku", long: "sonnet" } as const;
const BY_ERROR_COST = { low: -1, normal: 0, high: 1 } as const;

/**
 * Two dimensions: complexity (the hardest of reasoning, files and tool use) chooses the tier, the cost of an error moves
 * it one up or down; a wish for speed takes one off where errors are not dear, and a tier whose window is too small is passed over.
 */
export function chooseTier(needs: Needs, facts: ModelFacts): TierChoice {
  const complexity = highest(
    BY_REASONING[needs.reasoning],
    BY_FILES[needs.files],
    BY_TOOL_USE[needs.toolUse],
  );
  const steps = [`${needs.reasoning} reasoning over ${needs.files} files: ${complexity}`];
  const moved = move(complexity, BY_ERROR_COST[needs.errorCost]);
  if (needs.errorCost !== "normal")
    steps.push(`errors cost ${needs.errorCost === "low" ? "little" : "much"}: ${moved}`);
  const hurried = needs.speed === "fast" && needs.errorCost !== "high" ? move(moved, -1) : moved;
  if (hurried !== moved) steps.push(`speed matters: ${hurried}`);
  const tier = withWindow(hurried, needs.contextTokens, facts);
  if (tier !== hurried) steps.push(`${needs.contextTokens} tokens of context: ${tier}`);
  return { tier, effort: chooseEffort(needs), steps };
}

/** Thinking hard on mechanical work makes it worse and dearer; dear errors are worth the thinking. */
function chooseEffort({ reasoning, errorCost }: Needs): Effort {
  if (errorCost === "high") return "high";
  return reasoning === "mechanical" ? "low" : "medium";
}

function highest(...tiers: Tier[]): Tier {
  return tiers.reduce((a, b) => (tierRank(b) > tierRank(a) ? b : a));
}

function move(tier: Tier, by: number): Tier {
  const rank = Math.min(tierRank(CEILING), Math.max(0, tierRank(tier) + by));
  return FAMILIES[rank] ?? tier;
}

function withWindow(from: Tier, contextTokens: number, facts: ModelFacts): Tier {
  const candidates = FAMILIES.slice(tierRank(from));
  const fits = (tier: Tier) => (facts.find(facts.tiers[tier])?.context ?? Infinity) >= contextTokens;
  return candidates.find(fits) ?? from;
}
