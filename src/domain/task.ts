import type { Effort, Tier } from "./model.ts";
import type { NanoUsd } from "./money.ts";
import type { Tokens } from "./usage.ts";

/** Outcomes of a task; the first that holds, in this order (docs/definitions.md). */
export const OUTCOMES = ["escalated", "failed", "interrupted", "reworked", "accepted", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Reliability of a verdict: weak rests only on what the user did next, or on nothing. */
export const STRENGTHS = ["strong", "weak"] as const;
export type Strength = (typeof STRENGTHS)[number];

/** Difficulty of a task, by the thinking that it asks for. */
export const COMPLEXITIES = ["mechanical", "generative", "reasoning", "exploration"] as const;
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
export type Category = (typeof CATEGORIES)[number];

/** The labels of a task with what they were derived from. */
export interface Categories {
  category: Category;
  complexity: Complexity;
  /** Evidence for the labels: `word:rename`, `tools:read-only`, `agent:Explore`. Never text of the prompt itself. */
  from: readonly string[];
}

/** One observation that an outcome rests on, with the transcript line it was seen at. */
export interface Evidence {
  file: string;
  /** 1-based. */
  line: number;
  why: string;
  /** A reader would not rest a verdict on it alone. */
  weak?: true;
}

/** A turn or an agent run: the unit that succeeds or fails. */
export interface Task {
  kind: "turn" | "agent-run";
  session: string;
  project: string;
  /** Turns: number from 0 within the session. */
  index?: number;
  /** Agent runs. */
  agentId?: string;
  /** The agent type; `main` for a turn. */
  agent: string;
  role: string;
  /** Agent runs: the task that called it, as `turn:3` or the parent's agent id. */
  parent?: string;
  /** ms since the epoch. */
  startedAt: number;
  durationMs: number;
  /** Canonical ids in order of first use. */
  models: readonly string[];
  startTier?: Tier;
  finalTier?: Tier;
  /** Effort of the first request that has one. */
  effort?: Effort;
  requests: number;
  tokens: Tokens;
  /** Its own requests. */
  costNano: NanoUsd;
  /** A turn with its agent runs. */
  fullCostNano: NanoUsd;
  /** The prompt of its first request in tokens: how much context it started with. */
  contextTokens: number;
  /** Words of its prompt. */
  promptWords: number;
  filesTouched: number;
  /** The last verification after the last edit. */
  verification: "passed" | "failed" | "unclear" | "none";
  retries: number;
  outcome: Outcome;
  strength: Strength;
  evidence: readonly Evidence[];
  categories: Categories;
}
