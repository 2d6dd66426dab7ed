import type { Effort, Tier } from "./model.ts";
import type { NanoUsd } from "./money.ts";
import type { Tokens } from "./usage.ts";

/** Outcomes of a task; the first that holds, in this order (docs/definitions.md). */
export const OUTCOMES = ["escalated", "failed", "interrupted", "reworked", "accepted", "unknown"] as const;
/** The end of a task. */
export type Outcome = (typeof OUTCOMES)[number];

/** Reliability of a verdict: weak rests only on what the user did next, or on nothing. */
export const STRENGTHS = ["strong", "weak"] as const;
/** The strength of the evidence for an outcome. */
export type Strength = (typeof STRENGTHS)[number];

/** Difficulty of a task, by the thinking that it asks for. */
export const COMPLEXITIES = ["mechanical", "generative", "reasoning", "exploration"] as const;
/** The difficulty of work. */
export type Complexity = (typeof COMPLEXITIES)[number];

/** Kinds of work. */
export const CATEGORIES = [
  "code-generation",
  "refactoring",
  "debugging",
  "planning",
  "question",
  "review",
  "git",
  "docs",
] as const;
/** A kind of work. */
export type Category = (typeof CATEGORIES)[number];

/** The labels of a task with what they were derived from. */
export interface Categories {
  /** The kind of work. */
  category: Category;
  /** Difficulty of the work. */
  complexity: Complexity;
  /** Evidence for the labels: `word:rename`, `tools:read-only`, `agent:Explore`. Never text of the prompt itself. */
  from: readonly string[];
}

/** One observation that an outcome rests on, with the transcript line it was seen at. */
export interface Evidence {
  /** Path of the transcript. */
  file: string;
  /** 1-based. */
  line: number;
  /** Observation, in a few words. */
  why: string;
  /** A reader would not rest a verdict on it alone. */
  weak?: true;
}

/** A turn or an agent run: the unit that succeeds or fails. */
export interface Task {
  /** A turn of the main thread, or the run of an agent. */
  kind: "turn" | "agent-run";
  /** ID of the session. */
  session: string;
  /** Path of the project. */
  project: string;
  /** Turns: number from 0 within the session. */
  index?: number;
  /** Agent runs. */
  agentId?: string;
  /** The agent type; `main` for a turn. */
  agent: string;
  /** The role of its agent under the policy. */
  role: string;
  /** Agent runs: the task that called it, as `turn:3` or the parent's agent id. */
  parent?: string;
  /** ms since the epoch. */
  startedAt: number;
  /** Time from its first to its last entry, in ms. */
  durationMs: number;
  /** Canonical ids in order of first use. */
  models: readonly string[];
  /** The tier of its first request. */
  startTier?: Tier;
  /** The tier of its last request. */
  finalTier?: Tier;
  /** Effort of the first request that has one. */
  effort?: Effort;
  /** Number of its own requests. */
  requests: number;
  /** Tokens of its own requests. */
  tokens: Tokens;
  /** Its own requests. */
  costNano: NanoUsd;
  /** A turn with its agent runs. */
  fullCostNano: NanoUsd;
  /** The prompt of its first request in tokens: how much context it started with. */
  contextTokens: number;
  /** Words of its prompt. */
  promptWords: number;
  /** Number of files that it wrote. */
  filesTouched: number;
  /** The last verification after the last edit. */
  verification: "passed" | "failed" | "unclear" | "none";
  /** Retries of the client after errors. */
  retries: number;
  /** Outcome. */
  outcome: Outcome;
  /** Strength of its evidence. */
  strength: Strength;
  /** Evidence for the outcome, the deciding one first. */
  evidence: readonly Evidence[];
  /** Kind and difficulty of the work. */
  categories: Categories;
}
