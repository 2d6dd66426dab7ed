import type { NanoUsd } from "../../domain/money.ts";
import { priceUsage } from "../../models/price.ts";
import { type PatternInput, type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Prompts beyond a model's long-prompt border (Haiku 5.5: 100,000 tokens, five times the price). */
export const longPromptPremium: PatternRule = ({ tasks, models }) => {
  const hit = tasks
    .map((task) => ({ place: placeOf(task), costNano: premiumOf(task.bills, models) }))
    .filter(({ costNano }) => costNano > 0);
  const requests = tasks
    .flatMap(({ bills }) => bills)
    .filter(({ long, model }) => long && models.find(model)?.longPrompt)
    .reduce((sum, bill) => sum + bill.requests, 0);
  return toFinding(hit, {
    evidence: { tasks: hit.length, requests },
    instead: "context kept below 100,000 tokens on Haiku 5.5 (compaction, smaller agents)",
    sureness: "certain",
  });
};

function premiumOf(bills: PatternInput["tasks"][number]["bills"], models: PatternInput["models"]): NanoUsd {
  let premium = 0;
  for (const bill of bills) {
    const model = models.find(bill.model);
    if (!bill.long || !model?.longPrompt || bill.costNano === undefined) continue;
    const { longPrompt: _, ...short } = model;
    const usual = priceUsage(short, bill.usage, { at: Date.parse(bill.day) });
    premium += Math.max(0, bill.costNano - (usual ?? bill.costNano));
  }
  return premium;
}
