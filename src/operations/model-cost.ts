import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Tokens, type Usage } from "../domain/usage.ts";
import { UsageError } from "../errors.ts";
import type { Rates } from "../models/entry.ts";
import { priceUsage, ratesFor } from "../models/price.ts";
import { createModelTable } from "../models/resolve.ts";

/** A request as the command line describes it. */
export interface RequestWords {
  /** Tokens of the prompt: `10k`, `1.5M`, `8000`. */
  in?: string | undefined;
  /** Tokens of the answer. */
  out?: string | undefined;
  /** Tokens of the prompt that come from the cache. */
  cached?: string | undefined;
  /** Frequency: `100/week`, `5 a day`, `12`. */
  times?: string | undefined;
}

/** A request to be priced. */
export interface PlannedRequest {
  promptTokens: number;
  outputTokens: number;
  cachedTokens: number;
  times?: { count: number; per: TimesUnit | undefined };
}

const DAYS = { day: 1, week: 7, month: 365 / 12, year: 365 } as const;
export type TimesUnit = keyof typeof DAYS;

/** Reads a request. Undefined: none was described. Throws UsageError for what is not a number. */
export function parseRequest(words: RequestWords): PlannedRequest | undefined {
  const { in: input, out, cached, times } = words;
  if (input === undefined && out === undefined) {
    const alone = cached === undefined ? (times === undefined ? undefined : "--times") : "--cached";
    if (alone === undefined) return undefined;
    throw new UsageError(`${alone}: no request to price`, { hint: "Try --in 10k --out 8k." });
  }
  const promptTokens = parseTokens("--in", input ?? "0");
  const cachedTokens = parseTokens("--cached", cached ?? "0");
  if (cachedTokens > promptTokens)
    throw new UsageError(`--cached: more tokens than --in "${cached}"`, {
      hint: "Expected the part of the prompt that comes from the cache.",
    });
  return {
    promptTokens,
    outputTokens: parseTokens("--out", out ?? "0"),
    cachedTokens,
    ...(times !== undefined && { times: parseTimes(times) }),
  };
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6 };

function parseTokens(option: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text.replaceAll(/[,_\s]/g, "")) ?? [];
  const tokens = Math.round(Number(digits) * (UNITS[unit.toLowerCase()] ?? 1));
  if (digits !== "" && tokens <= Number.MAX_SAFE_INTEGER) return tokens;
  throw new UsageError(`${option}: invalid number of tokens "${text}"`, {
    hint: "Expected a number such as 10k, 1.5M or 8000.",
  });
}

function parseTimes(text: string): { count: number; per: TimesUnit | undefined } {
  const [, digits, unit] = /^([\d,_]+)(?:\s*(?:\/|a|per)\s*(day|week|month|year))?$/i.exec(text.trim()) ?? [];
  const count = Number((digits ?? "").replaceAll(/[,_]/g, ""));
  if (digits !== undefined && count >= 1 && count <= 1e12)
    return { count, per: unit?.toLowerCase() as TimesUnit | undefined };
  throw new UsageError(`--times: invalid frequency "${text}"`, {
    hint: "Expected a number such as 100/week, 5/day or 12.",
  });
}

/** One part of a request with its price. */
export interface CostPart {
  part: "input" | "cacheRead" | "output";
  tokens: number;
  usdPerMillion: number;
  costNano: NanoUsd;
}

/** The cost of a request on a model. */
export interface RequestCost {
  parts: CostPart[];
  requestNano: NanoUsd;
  /** The same as an item of a batch. */
  batchNano: NanoUsd;
  /** All of the times; undefined if the request is made once. */
  timesNano?: NanoUsd;
  /** By the day, week, month and year; undefined if the times have no such unit. */
  perUnitNano?: Record<TimesUnit, NanoUsd>;
}

/** Returns what a request costs on a day (UTC, `2026-11-21`); undefined if the model or its price is not known. */
export function priceRequest(
  id: string,
  request: PlannedRequest,
  day: string,
  models = createModelTable(),
): RequestCost | undefined {
  const entry = models.find(id);
  const { promptTokens, cachedTokens, outputTokens, times } = request;
  const usage: Usage = {
    ...NO_USAGE,
    input: promptTokens - cachedTokens,
    cacheRead: cachedTokens,
    output: outputTokens,
  };
  const terms = { at: Date.parse(day) };
  const rates = entry && ratesFor(entry, promptTokens, terms);
  const requestNano = entry && priceUsage(entry, usage, terms);
  const batchNano = entry && priceUsage(entry, usage, { ...terms, batch: true });
  if (!rates || requestNano === undefined || batchNano === undefined) return undefined;
  const perDay = times?.per && (requestNano * times.count) / DAYS[times.per];
  return {
    parts: partsOf(usage, rates),
    requestNano,
    batchNano,
    ...(times && { timesNano: requestNano * times.count }),
    ...(perDay !== undefined && {
      perUnitNano: { day: perDay, week: perDay * 7, month: perDay * DAYS.month, year: perDay * DAYS.year },
    }),
  };
}

function partsOf(usage: Tokens, rates: Rates): CostPart[] {
  return (["input", "cacheRead", "output"] as const)
    .filter((part) => usage[part] > 0)
    .map((part) => ({
      part,
      tokens: usage[part],
      usdPerMillion: rates[part],
      costNano: usage[part] * Math.round(rates[part] * 1e6) * 1e-3,
    }));
}
