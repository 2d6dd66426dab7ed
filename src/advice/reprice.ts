import { tokenizerFactor } from "../analysis/savings/counterfactual.ts";
import type { Effort } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import type { Usage } from "../domain/usage.ts";
import type { ModelEntry } from "../models/entry.ts";
import { priceUsage } from "../models/price.ts";
import type { ModelTable } from "../models/resolve.ts";

/** The later tokenizer makes about 30 % more tokens of the same text (the vendor's migration notes for Opus 4.7). */

/**
 * The part of a task that the catalogue's effort index scales: only the output, as docs/definitions.md takes it, or all of a task, as the
 * catalogue words it ("cost of a task at that effort"). The truth is between the two.
 */
export type EffortReach = "output" | "task";

/** A function that gives the cost of a task's tokens at another assignment, in nano-dollars. */
export type Repricer = (task: Task, reach?: EffortReach) => number;

/**
 * Prices tasks at another assignment; undefined where its price is not known. Tokens are rescaled across the tokenizer
 * border and by the effort index. The long-prompt tier goes by the task's mean prompt, because a task keeps no single
 * requests.
 */
export function createRepricer(to: ModelAtEffort, table: ModelTable): Repricer | undefined {
  const target = table.find(to.model);
  if (!target?.rates) return undefined;
  return ({ models, effort: fromEffort, tokens, requests, startedAt }, reach = "output") => {
    const from = table.find(models[0] ?? "");
    const effort = effortFactor(from, fromEffort, target, to.effort);
    const rest = tokenizerFactor(from, target) / Math.max(1, requests);
    const usage: Usage = {
      input: tokens.input * rest,
      output: tokens.output * rest * (reach === "output" ? effort : 1),
      thinking: 0,
      cacheWrite5m: tokens.cacheWrite5m * rest,
      cacheWrite1h: tokens.cacheWrite1h * rest,
      cacheRead: tokens.cacheRead * rest,
      webSearches: 0,
    };
    const cost = priceUsage(target, usage, { at: startedAt }) ?? 0;
    return cost * Math.max(1, requests) * (reach === "task" ? effort : 1);
  };
}

/** Output at one effort relative to another; 1 where the catalogue has no index. */
function effortFactor(
  from: ModelEntry | undefined,
  fromEffort: Effort | undefined,
  to: ModelEntry,
  toEffort: Effort | undefined,
): number {
  const before = effortIndex(from, fromEffort);
  const after = effortIndex(to, toEffort);
  return before === undefined || after === undefined ? 1 : after / before;
}

function effortIndex(model: ModelEntry | undefined, effort: Effort | undefined): number | undefined {
  const level = effort ?? model?.defaultEffort;
  return level && model?.effortCost?.[level];
}
