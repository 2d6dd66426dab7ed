import type { Bill } from "../../domain/bill.ts";
import type { NanoUsd } from "../../domain/money.ts";
import { priceUsage } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Finds prompts longer than their model's long-prompt border (Haiku 5.5: 100,000 tokens, five times the price). */
export const longPromptPremium: PatternRule = ({ tasks, models }) => {
  const hit = tasks
    .map((task) => ({
      place: placeOf(task),
      bills: task.bills.filter((bill) => premiumOf(bill, models) > 0),
    }))
    .map(({ place, bills }) => ({
      place,
      requests: bills.reduce((sum, bill) => sum + bill.requests, 0),
      costNano: bills.reduce((sum, bill) => sum + premiumOf(bill, models), 0),
    }))
    .filter(({ costNano }) => costNano > 0);
  return toFinding(hit, {
    evidence: { tasks: hit.length, requests: hit.reduce((sum, { requests }) => sum + requests, 0) },
    instead: "Keep the context on Haiku 5.5 below 100,000 tokens: compact earlier, or use smaller agents.",
    sureness: "certain",
  });
};

/** Returns what a bill cost beyond the price of short prompts. */
function premiumOf(bill: Bill, models: ModelTable): NanoUsd {
  const model = models.find(bill.model);
  if (!model?.longPrompt || bill.promptAbove < model.longPrompt.above || bill.costNano === undefined)
    return 0;
  const { longPrompt: _, ...short } = model;
  const usual = priceUsage(short, bill.usage, { at: Date.parse(bill.day) });
  return Math.max(0, bill.costNano - (usual ?? bill.costNano));
}
