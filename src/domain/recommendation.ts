import type { Effort } from "./model.ts";
import { displayName } from "./model-name.ts";

/** `act`: seen on both sides and safe. `try`: worth a trial with a stop rule. `watch`: worth knowing, nothing to change. */
export type Confidence = "act" | "try" | "watch";

/** A model with the effort it runs at; undefined where the model has no effort or its default is meant. */
export interface ModelAtEffort {
  model: string;
  effort?: Effort;
}

/** A place to look at: a task, and where in its transcript an outcome was read off. */
export interface TaskPlace {
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
    places: readonly TaskPlace[];
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

/** Every kind of advice, with what one of its kind is called in one line. One rule makes each, and has its page in docs/advice. */
export const ADVICE_TITLES = {
  "lower-tier": move,
  "higher-tier": move,
  "newer-model": move,
  "lower-effort": move,
  "higher-effort": move,
  "haiku-review": (one) => `${one.subject.role}: ${arrow(one)}, thinking`,
  "pin-inherited": (one) => `${one.subject.agent ?? "agent"}: ${arrow(one)} instead of the session's model`,
  opusplan: ({ current }) => `main session: ${formatModel(current)} → opusplan`,
  "split-role": (one) =>
    `${one.subject.role}: its ${one.subject.category} part to ${formatModel(one.proposed)}`,
  "direct-to-opus": (one) => `${one.subject.role}: straight to ${formatModel(one.proposed)}`,
  "escalation-threshold": (one) => `${one.subject.role}: escalate after one failure instead of two`,
  "fallback-chain": () => "main session: a chain of fallback models",
  "fresh-session": () => "main session: a fresh one before another model",
  "cache-lifetime": () => "main session: one-hour prompt cache",
  "long-context": (one) => `${one.subject.role}: shorter contexts`,
  batch: () => "unattended sessions: the batch API at half the price",
  budget: (one) => `${one.subject.role}: a budget per task`,
} satisfies Record<string, (one: Recommendation) => string>;
export type RecommendationKind = keyof typeof ADVICE_TITLES;

function move(one: Recommendation): string {
  const { role, agent } = one.subject;
  const also = agent && agent !== role ? ` (${agent})` : "";
  return `${role === "main" ? "main session" : role}${also}: ${arrow(one)}`;
}

function arrow({ current, proposed }: Recommendation): string {
  const sameModel = current?.model === proposed?.model;
  return sameModel
    ? `${formatModel(current)} → ${proposed?.effort ?? "default effort"}`
    : `${formatModel(current)} → ${formatModel(proposed)}`;
}

/** Names a model with its effort: `Opus 5.5 medium`, `–` for none. */
export function formatModel(one: ModelAtEffort | null): string {
  return one ? [displayName(one.model), one.effort].filter(Boolean).join(" ") : "–";
}
