import type { Effort, Family, Tier } from "../domain/model.ts";

/** Facts about models that policies depend on. */
export interface ModelFacts {
  /** Exact id of each tier's alias (`opus`) in Claude Code. */
  aliases: Readonly<Record<Tier, string>>;
  /** Exact id of each tier; that of the alias unless the policy maps it to another. */
  tiers: Readonly<Record<Tier, string>>;
  /** Returns a model by its exact id in any spelling; undefined if it is unknown. */
  find(id: string): ModelFact | undefined;
  /** All exact ids in all their spellings, the newest model first. */
  ids: readonly string[];
}

export interface ModelFact {
  id: string;
  family: Family;
  status: "active" | "limited" | "legacy" | "deprecated" | "retired";
  /** UTC day. */
  retires?: string;
  /** Tokens. */
  context: number;
  /** Undefined if the model has no effort parameter. */
  efforts?: readonly Effort[];
  /** Effort that Claude Code sends by default. */
  defaultEffort?: Effort;
}
