import { findPattern } from "../pattern.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST = 3;

/** A chain of fallback models, where sessions died of an overloaded model and had none. */
export const fallbackChain: AdviceRule = {
  kind: "fallback-chain",
  recommend(context) {
    const died = context.tasks.filter(
      ({ kind, retries, outcome }) => kind === "turn" && retries > 0 && outcome === "failed",
    );
    const chain = context.policy.main.fallbackModel;
    if (died.length < LEAST) return [];
    const usd = died.reduce((sum, task) => sum + task.fullCostNano, 0) / 1e9;
    const wanted = chain.length > 0 ? chain : ["sonnet", "haiku"];
    return findPattern(
      {
        kind: "fallback-chain",
        role: "main",
        agent: "main",
        tasks: died,
        savedUsd: { low: 0, mid: usd / 2, high: usd },
        confidence: "watch",
        basis: [`${died.length} turns ended on an error after retries; what they had cost is lost`],
        policyPatch: chain.length > 0 ? null : { main: { fallbackModel: wanted } },
        ...(chain.length > 0 ? { command: "rolecall apply" } : {}),
      },
      context,
    );
  },
};
