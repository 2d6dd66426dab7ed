import type { AdviceValue } from "./decision.ts";
import type { Effort } from "./model.ts";
import { displayName } from "./model-name.ts";

/** `act`: seen on both sides and safe. `try`: worth a trial with a stop rule. `watch`: worth knowing, nothing to change. */
export type Confidence = "act" | "try" | "watch";

/** A model with the effort it runs at; undefined where the model has no effort or its default is meant. */
export interface ModelAtEffort {
  /** A tier or an exact id. */
  model: string;
  /** Level of effort. */
  effort?: Effort;
}

/** A place to look at: a task, and where in its transcript an outcome was read off. */
export interface TaskPlace {
  /** ID of the session. */
  session: string;
  /** `turn:3`, or the id of an agent run. */
  task: string;
  /** Outcome of the task. */
  outcome: string;
  /** Path of the transcript. */
  file?: string;
  /** 1-based. */
  line?: number;
  /** The evidence of the outcome, in a few words. */
  why?: string;
}

/** The rule for the end of a trial: after `tasks` known outcomes, or before that once it is clear. */
export interface TrialPlan {
  /** Known outcomes after which it ends. */
  tasks: number;
  /** Known outcomes from which on it ends early if it is clear. */
  clearFrom: number;
  /** Failures among the first `firstLook` known outcomes that end it at once. */
  stopAfter: number;
  /** Known outcomes that are looked at for `stopAfter`. */
  firstLook: number;
}

/** The values that applying advice writes, by what they are about; rolecall finds the files. */
export interface AdvicePatch {
  /** Model and effort of agents, by name. */
  agents?: Readonly<Record<string, AgentPatch>>;
  /** Keys of the settings of one person in one repository, joined with `/`; null removes a key. */
  settings?: Readonly<Record<string, AdviceValue>>;
}

/** The model that an agent gets. */
export interface AgentPatch {
  /** The model that is written. */
  model: string;
  /** The effort that is written; undefined leaves the model's own. */
  effort?: Effort;
  /** The agent whose file a new one is copied from, with its new description. */
  copyOf?: { agent: string; description: string };
}

/** A rule's finding, as `recommend` shows it and as the store keeps it once applied (docs/definitions.md). */
export interface Recommendation {
  /** The same on every run for the same advice. */
  id: string;
  /** The kind of advice. */
  kind: RecommendationKind;
  /** The work that it is about; null if any. */
  subject: { role: string | null; agent: string | null; category: string | null };
  /** The present assignment; null for advice that is not about models. */
  current: ModelAtEffort | null;
  /** The proposed assignment; null for advice that is not about models. */
  proposed: ModelAtEffort | null;
  /** The tasks that it rests on. */
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
  /** Confidence: apply it, try it, or only know it. */
  confidence: Confidence;
  /** Evidence, one sentence each: measured, priors that carried weight, tasks that were too different to compare. */
  basis: readonly string[];
  /** End of its trial; undefined if it is applied for good. */
  trial?: TrialPlan;
  /** The values that `--apply` writes; null if there is nothing to write. */
  policyPatch: AdvicePatch | null;
  /** Command to type to follow it. */
  command: string;
}

/** Every kind of advice, with the title of one of its kind. Each has its page in docs/advice. */
export const ADVICE_TITLES = {
  "lower-tier": move,
  "higher-tier": move,
  "newer-model": move,
  "lower-effort": move,
  "higher-effort": move,
  opusplan: ({ current }) => `main session: ${formatModel(current)} → opusplan`,
  "split-role": (one) =>
    `${one.subject.agent}: its ${one.subject.category} part to ${formatModel(one.proposed)}`,
  "direct-to-opus": (one) => `${one.subject.agent}: straight to ${formatModel(one.proposed)}`,
  "fallback-chain": () => "main session: a chain of fallback models",
} satisfies Record<string, (one: Recommendation) => string>;
/** The kind of a recommendation. */
export type RecommendationKind = keyof typeof ADVICE_TITLES;

function move(one: Recommendation): string {
  const { agent } = one.subject;
  return `${agent === "main" ? "main session" : agent}: ${arrow(one)}`;
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
