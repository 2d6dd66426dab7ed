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
  const rates = ratesFor(model, prompt, terms);
  if (!rates) return undefined;
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = perToken(rates);
  const tokens =
    usage.input * input +
    usage.output * output +
    usage.cacheWrite5m * cacheWrite5m +
    usage.cacheWrite1h * cacheWrite1h +
    usage.cacheRead * cacheRead;
  const us = terms.usOnly && model.usOnly ? (tokens * 11) / 10 : tokens;
  return (terms.batch ? us / 2 : us) + usage.webSearches * WEB_SEARCH_NANO_USD;
}

/** The rates of one request: fast mode, then the long-prompt tier, then the price of the day. */
export function ratesFor(model: ModelEntry, prompt: number, terms: PriceTerms): Rates | undefined {
  const { at } = terms;
  if (terms.fast && model.fast && before(at, model.fast.until)) return model.fast.rates;
  if (model.longPrompt && prompt > model.longPrompt.above && before(at, model.longPrompt.until))
    return model.longPrompt.rates;
  return model.earlier?.find((price) => before(at, price.until))?.rates ?? model.rates;
}

const nanoRates = new WeakMap<Rates, Rates>();

/** Returns nano-dollars per token from dollars per million, free of binary fractions. */
function perToken(rates: Rates): Rates {
  let nano = nanoRates.get(rates);
  if (!nano) {
    nano = {
      input: toNano(rates.input),
      output: toNano(rates.output),
      cacheWrite5m: toNano(rates.cacheWrite5m),
      cacheWrite1h: toNano(rates.cacheWrite1h),
      cacheRead: toNano(rates.cacheRead),
    };
    nanoRates.set(rates, nano);
  }
  return nano;
}

function toNano(usdPerMillion: number): number {
  return Math.round(usdPerMillion * 1e6) / 1e3;
}

const days = new Map<string, number>();

function before(at: number, day: string | undefined): boolean {
  if (day === undefined) return true;
  let start = days.get(day);
  if (start === undefined) days.set(day, (start = Date.parse(day)));
  return at < start;
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
  const rates = ratesFor(model, prompt, terms);
  if (!rates) return undefined;
  const factor = (terms.usOnly && model.usOnly ? 1.1 : 1) * (terms.batch ? 0.5 : 1);
  const nano = perToken(rates);
  return {
    input: nano.input * factor,
    output: nano.output * factor,
    cacheWrite5m: nano.cacheWrite5m * factor,
    cacheWrite1h: nano.cacheWrite1h * factor,
    cacheRead: nano.cacheRead * factor,
    webSearch: WEB_SEARCH_NANO_USD,
  };
}
