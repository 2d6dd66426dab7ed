import type { Effort, Family } from "../domain/model.ts";

/** Dollars per million tokens. */
export interface Rates {
  /** Fresh input. */
  input: number;
  /** Output. */
  output: number;
  /** Cache writes for five minutes. */
  cacheWrite5m: number;
  /** Cache writes for an hour. */
  cacheWrite1h: number;
  /** Cache reads. */
  cacheRead: number;
}

/** Text becomes about 30 % more tokens on the later tokenizer (Opus 4.7 and every 5.x model). */
export type Tokenizer = "v3" | "v4.7";

/** One model of the catalogue. Dates are UTC days, `until` is exclusive. */
export interface ModelEntry {
  /** Exact id. */
  id: string;
  /** Other exact spellings of the same model, such as the id without its date. */
  aliases?: readonly string[];
  /** The tier that it belongs to. */
  family: Family;
  /** Day of its release, `2026-11-01`. */
  released: string;
  /** Whether it can be used. */
  status: "active" | "limited" | "legacy" | "deprecated" | "retired";
  /** Day of its end, if that is known. */
  retires?: string;
  /** Tokens. */
  context: number;
  /** Tokens that an answer may have. */
  maxOutput?: number;
  /** The tokenizer that counts its tokens. */
  tokenizer: Tokenizer;
  /** Effort levels that the API accepts; none means that the model has no effort parameter. */
  efforts?: readonly Effort[];
  /** The level that Claude Code sends when nobody chose one. */
  defaultEffort?: Effort;
  /** Cost of a task at each effort relative to `high`, as Claude Code 2.1.329 carries it. */
  effortCost?: Readonly<Record<Effort, number>>;
  /** Absent where the price is not known: such a model is reported as unpriced. */
  rates?: Rates;
  /** Former prices, oldest first. */
  earlier?: readonly { until: string; rates: Rates }[];
  /** Prices of a whole request whose prompt is longer than `above` tokens. */
  longPrompt?: { above: number; until?: string; rates: Rates };
  /** Prices under fast mode (`usage.speed: "fast"`). */
  fast?: { until?: string; rates: Rates };
  /** Whether US-only inference costs a tenth more. */
  usOnly?: boolean;
}
