import { FAMILIES, tierRank, type Effort, type Tier } from "../domain/model.ts";
import type { Needs } from "../domain/policy.ts";
import type { ModelFacts } from "./model-facts.ts";

/** The tier and effort for some needs, and the steps of the choice. */
export interface TierChoice {
  tier: Tier;
  effort: Effort;
  /** One line per step that changed the tier. */
  steps: readonly string[];
}

/** The needs of a role that sets none: ordinary feature work. */
export const ORDINARY_NEEDS: Needs = {
  reasoning: "generative",
  files: "few",
  contextTokens: 100_000,
  toolUse: "simple",
  speed: "normal",
  errorCost: "normal",
};

/** The highest tier that needs can choose; Fable requires a pin. */
const CEILING: Tier = "opus";

const BY_REASONING = { mechanical: "haiku", generative: "sonnet", deep: "opus" } as const;
const BY_FILES = { one: "haiku", few: "haiku", many: "opus" } as const;
const BY_TOOL_USE = { simple: "haiku", long: "sonnet" } as const;
const BY_ERROR_COST = { low: -1, normal: 0, high: 1 } as const;

/**
 * Chooses a tier by complexity (the hardest of reasoning, files and tool use). The cost of an error moves it one up or down, and a need
 * for speed one down unless errors are expensive. A tier whose context window is too small is skipped.
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

/** More thinking makes mechanical work worse and more expensive; it pays if errors are expensive. */
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
