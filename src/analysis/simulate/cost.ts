import { DAY_MS } from "../../domain/calendar.ts";
import type { LedgerRequest } from "../../domain/ledger-input.ts";
import { type Tier, tierRank } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelEntry } from "../../models/entry.ts";
import { priceUsage, type TokenPrices, tokenPrices } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { referenceModel, tokenizerFactor } from "../savings/counterfactual.ts";
import { expectedRead, type Extra, type SimulationStep, type StepThread } from "./steps.ts";

/** By which model a request is priced, and by the prices of which day. */
export interface Prices {
  models: ModelTable;
  /** The model that does the work of another; undefined where the price is not known. */
  modelFor: (model: string) => ModelEntry | undefined;
  /** The model of a tier at a time in ms since the epoch. */
  modelOf: (tier: Tier, at: number) => ModelEntry | undefined;
  /** ms since the epoch: prices are those of this day; undefined for the day of the request. */
  at?: number;
}

/** Prices that remember what they were asked for. */
export interface SimulationPrices extends Prices {
  /** By model, then by day and tier. */
  quotes: Map<string, Map<number, Quote | undefined>>;
  costs: WeakMap<StepThread, NanoUsd>;
}

export function createPricing(prices: Prices): SimulationPrices {
  return { ...prices, quotes: new Map(), costs: new WeakMap() };
}

/** Prices each request by the model that served, on its day. */
export function pricesOfThen(models: ModelTable): SimulationPrices {
  return createPricing({
    models,
    modelFor: (model) => models.find(model),
    modelOf: (tier, at) => referenceModel(models, tier, new Date(at).toISOString().slice(0, 10)),
  });
}

/** Returns what many threads cost. */
export function totalCost(threads: readonly StepThread[], pricing: SimulationPrices): NanoUsd {
  let sum = 0;
  for (const thread of threads) sum += costOf(thread, pricing);
  return sum;
}

/** Returns what a thread costs: reads and writes follow from its prompts and from what was lost. */
export function costOf(thread: StepThread, pricing: SimulationPrices): NanoUsd {
  let cost = pricing.costs.get(thread);
  if (cost === undefined) pricing.costs.set(thread, (cost = addUp(thread, pricing)));
  return cost;
}

function addUp({ steps, parts }: StepThread, pricing: SimulationPrices): NanoUsd {
  let sum = 0;
  for (const part of parts) sum += partCost(part, pricing);
  for (let index = 0; index < steps.length; index++) sum += stepCost(steps, index, pricing);
  return sum;
}

const SEARCH_NANO = 10_000_000;

/** Returns the cost of one step, with what a change added to it; 0 where it is not counted. */
export function stepCost(
  steps: readonly SimulationStep[],
  index: number,
  pricing: SimulationPrices,
): NanoUsd {
  const step = steps[index] as SimulationStep;
  const { usage } = step.request;
  if (!step.isPaid) return 0;
  const read = readTokens(step, steps[index - 1]);
  const write = Math.max(0, step.prompt - read - usage.input);
  const own = price(step, step.tier, pricing, {
    prompt: step.prompt,
    input: usage.input,
    output: usage.output,
    read,
    write,
  });
  let sum = step.times * own + usage.webSearches * SEARCH_NANO;
  for (const extra of step.extras) sum += price(step, extra.tier ?? step.tier, pricing, extra);
  return sum;
}

/** Tokens that a step reads from the cache. */
function readTokens(step: SimulationStep, before: SimulationStep | undefined): number {
  const most = Math.max(0, step.prompt - step.request.usage.input);
  if (!before || step.row.isFirst) return Math.min(step.survives, most);
  const expected = expectedRead(before, step.prompt);
  return Math.max(0, Math.min(most, step.loss ? Math.min(step.survives, expected) : expected - step.short));
}

/** Prices tokens of a step, on another tier where one is named. */
function price(
  step: SimulationStep,
  tier: Tier | undefined,
  pricing: SimulationPrices,
  { prompt, input, output, read, write }: Extra,
): NanoUsd {
  const quote = quoteFor(step.request, tier, pricing);
  const prices = quote && pricesFor(quote, step.request, prompt, pricing.at ?? step.request.at);
  if (!prices) return 0;
  const { factor } = quote;
  const written = step.hourly * prices.cacheWrite1h + (1 - step.hourly) * prices.cacheWrite5m;
  return factor * (read * prices.cacheRead + write * written + input * prices.input + output * prices.output);
}

/** A model in the place of another on one day: its prices by the length of the prompt, and its tokens by one of the request. */
interface Quote {
  entry: ModelEntry;
  factor: number;
  short?: TokenPrices | undefined;
  long?: TokenPrices | undefined;
}

/** Tiers and none, as digits of a key. */
const TIER_DIGITS = 8;

function quoteFor(
  { model, at }: LedgerRequest,
  tier: Tier | undefined,
  pricing: SimulationPrices,
): Quote | undefined {
  let known = pricing.quotes.get(model);
  if (!known) pricing.quotes.set(model, (known = new Map()));
  const key = Math.floor(at / DAY_MS) * TIER_DIGITS + (tier ? 1 + tierRank(tier) : 0);
  const quote = known.get(key);
  if (quote || known.has(key)) return quote;
  const entry = tier ? pricing.modelOf(tier, at) : pricing.modelFor(model);
  const made = entry && { entry, factor: tokenizerFactor(pricing.models.find(model), entry) };
  known.set(key, made);
  return made;
}

function pricesFor(
  quote: Quote,
  request: LedgerRequest,
  prompt: number,
  at: number,
): TokenPrices | undefined {
  const { entry, factor } = quote;
  const { fast, usOnly, batch } = request;
  const tokens = prompt * factor;
  if (fast || usOnly || batch)
    return tokenPrices(entry, tokens, { at, fast: !!fast, usOnly: !!usOnly, batch: !!batch });
  const length = entry.longPrompt && tokens > entry.longPrompt.above ? "long" : "short";
  return (quote[length] ??= tokenPrices(entry, tokens, { at }));
}

function partCost(part: StepThread["parts"][number], { modelFor, at }: SimulationPrices): NanoUsd {
  const entry = modelFor(part.model);
  if (!entry || promptTokens(part.usage) + part.usage.output === 0) return 0;
  return priceUsage(entry, part.usage, { at: at ?? part.at }) ?? 0;
}
