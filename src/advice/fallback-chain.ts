import { sum } from "../domain/numbers.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { evidenceOf } from "./evidence.ts";
import type { AdviceTask } from "./failure.ts";

const LEAST = 3;
const MATERIAL_USD = 2;

/** Proposes fallback models if turns ended on an overloaded model and the policy names none. */
export function findFallbackChain(
  tasks: readonly AdviceTask[],
  chain: readonly string[],
  days: number,
): Recommendation[] {
  const died = tasks.filter(
    ({ kind, retries, outcome }) => kind === "turn" && retries > 0 && outcome === "failed",
  );
  const usd = (sum(died.map((task) => task.fullCostNano)) / 1e9 / days) * 30;
  if (chain.length > 0 || died.length < LEAST || usd < MATERIAL_USD) return [];
  const id = "fallback-chain-main";
  const none = { accepted: 0, known: 0 };
  return [
    {
      id,
      kind: "fallback-chain",
      subject: { role: "main", agent: "main", category: null },
      current: null,
      proposed: null,
      evidence: evidenceOf(died, { accepted: 0, known: died.length }, none),
      savingsUsdPerMonth: { low: 0, mid: usd / 2, high: usd },
      successChange: { low: 0, high: 0 },
      confidence: "watch",
      basis: [`${died.length} turns ended on an error after retries; what they had cost is lost`],
      policyPatch: { settings: { fallbackModel: ["sonnet", "haiku"] } },
      command: `rolecall recommend --apply ${id}`,
    },
  ];
}
