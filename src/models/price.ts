import type { NanoUsd } from "../domain/money.ts";
import { promptTokens, type Usage } from "../domain/usage.ts";
import type { ModelEntry, Rates } from "./entry.ts";

/** The terms besides the tokens that decide the price of a request. */
export interface PriceTerms {
  /** Time of the request, in ms since the epoch: the price is that of its UTC day. */
  at: number;
  fast?: boolean;
  usOnly?: boolean;
  batch?: boolean;
}

/** $10 per thousand (published price). */
const WEB_SEARCH_NANO_USD = 10_000_000;

/**
 * Returns what `usage` costs on `model`, or undefined when the model's price is not known. `prompt`: length of one prompt in tokens,
 * for the usage of many requests.
 * Source of the rules: the vendor's pricing page; measured on Claude Code 2.1.329 for 39 ids.
 */
export function priceUsage(
  model: ModelEntry,
  usage: Usage,
  terms: PriceTerms,
  prompt = promptTokens(usage),
): NanoUsd | undefined {
  const price = priceFor(model, prompt, terms);
  if (!price) return undefined;
  const { nano } = price;
  const tokens =
    usage.input * nano.input +
    usage.output * nano.output +
    usage.cacheWrite5m * nano.cacheWrite5m +
    usage.cacheWrite1h * nano.cacheWrite1h +
    usage.cacheRead * nano.cacheRead;
  const us = terms.usOnly && model.usOnly ? (tokens * 11) / 10 : tokens;
  return (terms.batch ? us / 2 : us) + usage.webSearches * WEB_SEARCH_NANO_USD;
}

/** The rates of one request: fast mode, then the long-prompt tier, then the price of the day. */
export function ratesFor(model: ModelEntry, prompt: number, terms: PriceTerms): Rates | undefined {
  return priceFor(model, prompt, terms)?.rates;
}

/** A price of a model. It holds before a time (ms since the epoch), for prompts longer than `above` tokens. */
interface Price {
  until: number;
  above: number;
  rates: Rates;
  /** Nano-dollars per token. */
  nano: Rates;
}

/** The prices of each model, in fast mode and usually. The first one that holds counts. */
const prices = new WeakMap<ModelEntry, { fast: readonly Price[]; usual: readonly Price[] }>();

function priceFor(model: ModelEntry, prompt: number, { at, fast }: PriceTerms): Price | undefined {
  let known = prices.get(model);
  if (!known) prices.set(model, (known = listPrices(model)));
  for (const price of fast ? known.fast : known.usual)
    if (prompt > price.above && (at < price.until || price.until === Infinity)) return price;
  return undefined;
}

function listPrices({ rates, earlier = [], longPrompt, fast }: ModelEntry) {
  const usual = [...(longPrompt ? [longPrompt] : []), ...earlier, ...(rates ? [{ rates }] : [])].map(toPrice);
  return { fast: fast ? [toPrice(fast), ...usual] : usual, usual };
}

function toPrice({ rates, until, above }: { rates: Rates; until?: string; above?: number }): Price {
  const nano = {
    input: toNano(rates.input),
    output: toNano(rates.output),
    cacheWrite5m: toNano(rates.cacheWrite5m),
    cacheWrite1h: toNano(rates.cacheWrite1h),
    cacheRead: toNano(rates.cacheRead),
  };
  return {
    until: until === undefined ? Infinity : Date.parse(until),
    above: above ?? -Infinity,
    rates,
    nano,
  };
}

/** Returns nano-dollars per token from dollars per million, free of binary fractions. */
function toNano(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6) / 1e3;
}

/** Returns the prompt lengths, in tokens, above which some model has another price; ascending. */
export function promptBorders(entries: readonly ModelEntry[]): number[] {
  return [...new Set(entries.flatMap(({ longPrompt }) => longPrompt?.above ?? []))].sort((a, b) => a - b);
}

/** Nano-dollars of one token of each kind, all terms of a request counted in. */
export interface TokenPrices {
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearch: number;
}

/** Returns the prices of a request whose whole prompt is `prompt` tokens long; undefined when the model's price is not known. */
export function tokenPrices(model: ModelEntry, prompt: number, terms: PriceTerms): TokenPrices | undefined {
  const price = priceFor(model, prompt, terms);
  if (!price) return undefined;
  const factor = (terms.usOnly && model.usOnly ? 1.1 : 1) * (terms.batch ? 0.5 : 1);
  const { nano } = price;
  return {
    input: nano.input * factor,
    output: nano.output * factor,
    cacheWrite5m: nano.cacheWrite5m * factor,
    cacheWrite1h: nano.cacheWrite1h * factor,
    cacheRead: nano.cacheRead * factor,
    webSearch: WEB_SEARCH_NANO_USD,
  };
}
