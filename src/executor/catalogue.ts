import type { Effort, Tier } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { RequestRules } from "../domain/request-rules.ts";
import type { Usage } from "../domain/usage.ts";

/** A model, as far as the executor has to know it. */
export interface ExecutorModel extends RequestRules {
  /** Exact id, as it is sent. */
  id: string;
  /** Undefined for models of other vendors: they have no place among the tiers. */
  tier?: Tier;
  /** Tokens that prompt and answer may have together. */
  contextTokens: number;
  /** Tokens that an answer may have. */
  maxOutputTokens: number;
  /** Levels of effort it accepts, rising. Empty: it has no such parameter. */
  efforts: readonly Effort[];
  /** Price of a cache write of each lifetime, and of a read, divided by that of fresh input. */
  cacheFactors?: { write5m: number; write1h: number; read: number };
}

/** Terms that decide a price besides tokens. */
export interface PricingTerms {
  /** Time of sending, in ms since the epoch. */
  at: number;
  /** Half price, as in batches. */
  batch?: boolean;
  /** The price of fast mode. */
  fast?: boolean;
  /** The price of inference in the US only. */
  usOnly?: boolean;
}

/** The Claude models, as the executor sees them. */
export interface Catalogue {
  /** Returns the model of a tier, or of an exact id; undefined if it is unknown. */
  find(name: string): ExecutorModel | undefined;
  /** Returns the model of the lowest tier, from `lowest` up, whose context holds this many tokens. */
  holding(tokens: number, lowest: Tier): ExecutorModel | undefined;
  /** Returns the price in nano-dollars; undefined if it is not known. */
  price(model: string, usage: Usage, terms: PricingTerms): NanoUsd | undefined;
}
