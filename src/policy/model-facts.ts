import type { Effort, Family, Tier } from "../domain/model.ts";

/** What policies need to know about models; the catalogue with its tiers is one. */
export interface ModelFacts {
  /** The exact id that each tier's alias (`opus`) stands for in Claude Code. */
  aliases: Readonly<Record<Tier, string>>;
  /** The exact id that each tier is to mean; the same, unless the policy says otherwise. */
  tiers: Readonly<Record<Tier, string>>;
  /** Undefined for a name that is no exact id of a known model in any spelling. */
  find(id: string): ModelFact | undefined;
  /** Every exact id in every spelling of its own, the newest model first. */
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
  /** None: the model has no effort parameter. */
  efforts?: readonly Effort[];
  /** What Claude Code sends when nobody chose an effort. */
  defaultEffort?: Effort;
}
