import type { Effort, Tier } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { RequestRules } from "../domain/request-rules.ts";
import type { Usage } from "../domain/usage.ts";

/** What the executor has to know of a model. */
export interface ModelFacts extends RequestRules {
  id: string;
  /** Undefined for models of other vendors: they stand outside the ladder. */
  tier?: Tier;
  contextTokens: number;
  maxOutputTokens: number;
  /** Levels it accepts, rising; none: it has no such parameter. */
  efforts: readonly Effort[];
  /** Price of a cache write of each lifetime, and of a read, over that of fresh input. */
  cacheFactors?: { write5m: number; write1h: number; read: number };
}

/** What besides tokens decides a price. */
export interface PriceTerms {
  /** ms since the epoch. */
  at: number;
  batch?: boolean;
  fast?: boolean;
  usOnly?: boolean;
}

/** The Claude models, as the executor sees them. */
export interface Catalogue {
  /** The model of a tier, or of an exact id; undefined: unknown. */
  find(name: string): ModelFacts | undefined;
  /** The model of the lowest tier, from `lowest` up, whose context holds this many tokens. */
  holding(tokens: number, lowest: Tier): ModelFacts | undefined;
  /** Undefined where the price is not known. */
  price(model: string, usage: Usage, terms: PriceTerms): NanoUsd | undefined;
}
