import type { Tier } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelEntry } from "../../models/entry.ts";
import { priceUsage, type PriceTerms, type TokenPrices, tokenPrices } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { referenceModel, tokenizerFactor } from "../savings/counterfactual.ts";
import { expectedRead, type Extra, type Step, type StepThread } from "./steps.ts";

/** By which model a request is priced, and by the prices of which day. */
export interface Pricing {
  models: ModelTable;
  /** The model that does the work of another; undefined where the price is not known. */
  modelFor(model: string): ModelEntry | undefined;
  /** The model of a tier at a time in ms since the epoch. */
  modelOf(tier: Tier, at: number): ModelEntry | undefined;
  /** ms since the epoch: prices are those of this day; undefined for the day of the request. */
  at?: number;
}

/** Prices each request by the model that served, on its day. */
export function pricesOfThen(models: ModelTable): Pricing {
  return {
    models,
    modelFor: (model) => models.find(model),
    modelOf: (tier, at) => referenceModel(models, tier, new Date(at).toISOString().slice(0, 10)),
  };
}

/** Returns what a thread costs: reads and writes follow from its prompts and from what was lost. */
export function costOf(thread: StepThread, pricing: Pricing): NanoUsd {
  let sum = thread.parts.reduce((parts, part) => parts + partCost(part, pricing), 0);
  let before: Step | undefined;
  for (const step of thread.steps) {
    if (!step.isCopied) sum += stepCost(step, before, pricing);
    before = step;
  }
  return sum;
}

/** Returns what many threads cost. */
export function totalCost(threads: readonly StepThread[], pricing: Pricing): NanoUsd {
  return threads.reduce((sum, thread) => sum + costOf(thread, pricing), 0);
}

/** Returns the cost of one step, with what a change added to it. */
export function stepCost(step: Step, before: Step | undefined, pricing: Pricing): NanoUsd {
  const price = pricer(step, step.tier, pricing);
  if (!price) return 0;
  const read = readTokens(step, before);
  const write = Math.max(0, step.prompt - read - step.input);
  const own = price(step.prompt, ({ input, output, cacheRead, ...prices }) => {
    const written = step.hourly * prices.cacheWrite1h + (1 - step.hourly) * prices.cacheWrite5m;
    return step.times * (read * cacheRead + write * written + step.input * input + step.output * output);
  });
  return (
    step.extras.reduce((sum, extra) => sum + extraCost(step, extra, pricing), own) +
    step.searches * SEARCH_NANO
  );
}

const SEARCH_NANO = 10_000_000;

/** Tokens that a step reads from the cache. */
export function readTokens(step: Step, before: Step | undefined): number {
  const { prompt, input } = step;
  const most = Math.max(0, prompt - input);
  if (!before || step.isFirst) return Math.min(step.survives, most);
  const expected = expectedRead(before, prompt);
  return Math.max(0, Math.min(most, step.loss ? Math.min(step.survives, expected) : expected - step.short));
}

function extraCost(step: Step, extra: Extra, pricing: Pricing): NanoUsd {
  const price = pricer(step, extra.tier ?? step.tier, pricing);
  if (!price) return 0;
  return price(extra.input + extra.read + extra.write, ({ input, output, cacheRead, ...prices }) => {
    const written = step.hourly * prices.cacheWrite1h + (1 - step.hourly) * prices.cacheWrite5m;
    return extra.read * cacheRead + extra.write * written + extra.input * input + extra.output * output;
  });
}

/** Prices tokens of a step, on another tier where one is named: scaled where that model has another tokenizer. */
function pricer(step: Step, tier: Tier | undefined, { models, modelFor, modelOf, at }: Pricing) {
  const entry = tier ? modelOf(tier, step.at) : modelFor(step.model);
  if (!entry) return undefined;
  const factor = tokenizerFactor(models.find(step.model), entry);
  const terms: PriceTerms = { at: at ?? step.at, fast: step.fast, usOnly: step.usOnly, batch: step.batch };
  return (prompt: number, sum: (prices: TokenPrices) => NanoUsd): NanoUsd => {
    const prices = tokenPrices(entry, prompt * factor, terms);
    return prices ? sum(prices) * factor : 0;
  };
}

function partCost(part: StepThread["parts"][number], { modelFor, at }: Pricing): NanoUsd {
  const entry = modelFor(part.model);
  if (!entry || promptTokens(part.usage) + part.usage.output === 0) return 0;
  return priceUsage(entry, part.usage, { at: at ?? part.at }) ?? 0;
}
