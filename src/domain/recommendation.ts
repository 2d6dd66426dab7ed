import type { Effort } from "./model.ts";

/** Every kind of advice; one rule makes each. */
export const RECOMMENDATION_KINDS = [
  "lower-tier",
  "higher-tier",
  "newer-model",
  "lower-effort",
  "higher-effort",
  "haiku-review",
  "opusplan",
  "pin-inherited",
  "split-role",
  "escalation-threshold",
  "fallback-chain",
  "fresh-session",
  "cache-lifetime",
  "long-context",
  "direct-to-opus",
  "batch",
  "budget",
] as const;
export type RecommendationKind = (typeof RECOMMENDATION_KINDS)[number];

/** `act`: seen on both sides and safe. `try`: worth a trial with a stop rule. `watch`: worth knowing, nothing to change. */
export type Confidence = "act" | "try" | "watch";

/** A model with the effort it runs at; undefined where the model has no effort or its default is meant. */
export interface ModelAtEffort {
  model: string;
  effort?: Effort;
}

/** A place to look at: a task, and where in its transcript an outcome was read off. */
export interface Place {
  session: string;
  /** `turn:3`, or the id of an agent run. */
  task: string;
  outcome: string;
  file?: string;
  /** 1-based. */
  line?: number;
  why?: string;
}

/** How a trial ends: after `tasks` runs it is kept, unless `stopAfter` of them went wrong before. */
export interface TrialPlan {
  tasks: number;
  stopAfter: number;
}

/** A rule's finding, as `recommend` shows it and as the store keeps it once applied (docs/definitions.md). */
export interface Recommendation {
  /** The same on every run for the same advice. */
  id: string;
  kind: RecommendationKind;
  subject: { role: string | null; agent: string | null; category: string | null };
  current: ModelAtEffort | null;
  proposed: ModelAtEffort | null;
  evidence: {
    tasks: number;
    sessions: number;
    /** ISO times of the first and last task. */
    since: string;
    until: string;
    places: readonly Place[];
    /** Accepted and known outcomes at the current and the proposed assignment. */
    current: { accepted: number; known: number };
    proposed: { accepted: number; known: number };
  };
  /** Dollars in 30 days; negative where the advice costs more. */
  savingsUsdPerMonth: { low: number; mid: number; high: number };
  /** Change of the success rate, as shares: -0.02 is two points fewer. Null in decisions of earlier versions. */
  successChange: { low: number; high: number } | null;
  confidence: Confidence;
  /** What it rests on, one sentence each: measured, priors that carried weight, what was too unlike to compare. */
  basis: readonly string[];
  trial?: TrialPlan;
  /** Merged into the policy file, key by key; null where there is nothing to write. */
  policyPatch: Readonly<Record<string, unknown>> | null;
  /** What to type to follow it. */
  command: string;
}
