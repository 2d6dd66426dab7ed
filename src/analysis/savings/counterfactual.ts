import { compareText } from "../../domain/compare.ts";
import type { Bill } from "../../domain/bill.ts";
import { type Effort, FAMILIES, type Tier } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { Usage } from "../../domain/usage.ts";
import type { ModelEntry } from "../../models/entry.ts";
import { priceUsage } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";

/** A bill at other prices, and the assumptions behind it. */
export interface Repriced {
  costNano: NanoUsd;
  /** Token counts crossed the tokenizer border and were rescaled. */
  rescaled: boolean;
  /** Output was scaled to another effort by the catalogue's index. */
  effortScaled: boolean;
}

/** The same text is about 30 % more tokens on the later tokenizer (models/entry.ts). */
const TOKENIZER_FACTOR = 1.3;

/**
 * The reference model of a tier on a UTC day: the newest one released by then, which is what the tier's alias meant. Limited
 * models are none.
 */
export function referenceModel(models: ModelTable, tier: Tier, day: string): ModelEntry | undefined {
  return ladderOf(models)[tier].find(({ released }) => released <= day);
}

const ladders = new WeakMap<ModelTable, Record<Tier, ModelEntry[]>>();

/** The models of each tier that can be a reference, newest first. */
function ladderOf(models: ModelTable): Record<Tier, ModelEntry[]> {
  let ladder = ladders.get(models);
  if (ladder) return ladder;
  const open = models.entries
    .filter(({ status, rates }) => status !== "limited" && rates)
    .toSorted((a, b) => compareText(b.released, a.released));
  ladder = Object.fromEntries(
    FAMILIES.map((tier) => [tier, open.filter(({ family }) => family === tier)]),
  ) as Record<Tier, ModelEntry[]>;
  ladders.set(models, ladder);
  return ladder;
}

/** Returns what a bill's tokens would have cost on another model, on the same day; undefined where a price is not known. */
export function repriceBill(
  bill: Bill,
  model: ModelEntry,
  models: ModelTable,
  effort?: Effort,
): Repriced | undefined {
  const served = models.find(bill.model);
  const at = Date.parse(bill.day);
  const factor = tokenizerFactor(served, model);
  const scale = effort === undefined ? 1 : effortFactor(bill.effort, effort, model);
  const usage = scaleUsage(bill.usage, factor, scale);
  const costNano = priceGroup(usage, bill, model, at);
  return costNano === undefined ? undefined : { costNano, rescaled: factor !== 1, effortScaled: scale !== 1 };
}

export function tokenizerFactor(from: ModelEntry | undefined, to: ModelEntry): number {
  if (!from || from.tokenizer === to.tokenizer) return 1;
  return to.tokenizer === "v4.7" ? TOKENIZER_FACTOR : 1 / TOKENIZER_FACTOR;
}

/** Output at one effort against another, by the target model's own index; 1 where either is not known. */
function effortFactor(from: string | undefined, to: Effort, model: ModelEntry): number {
  const index = model.effortCost as Readonly<Record<string, number>> | undefined;
  const [before, after] = [index?.[from ?? ""], index?.[to]];
  return before === undefined || after === undefined || before === 0 ? 1 : after / before;
}

/** Token counts of the same work at another tokenizer and another effort. */
export function scaleUsage(usage: Usage, tokens: number, output = 1): Usage {
  return {
    input: usage.input * tokens,
    output: usage.output * tokens * output,
    thinking: usage.thinking * tokens * output,
    cacheWrite5m: usage.cacheWrite5m * tokens,
    cacheWrite1h: usage.cacheWrite1h * tokens,
    cacheRead: usage.cacheRead * tokens,
    webSearches: usage.webSearches,
  };
}

/**
 * Prices a bill at the model's own border of long prompts: a bill holds many requests, and all their prompts are on one side of every
 * border. Fast mode has no counterpart on models without it.
 */
function priceGroup(usage: Usage, bill: Bill, model: ModelEntry, at: number): NanoUsd | undefined {
  const terms = {
    at,
    ...(bill.fast && { fast: true }),
    ...(bill.usOnly && { usOnly: true }),
    ...(bill.batch && { batch: true }),
  };
  return priceUsage(model, usage, terms, bill.promptAbove + 1);
}
