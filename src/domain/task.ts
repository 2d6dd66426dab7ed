import type { Effort, Tier } from "./model.ts";
import type { NanoUsd } from "./money.ts";
import type { Tokens } from "./usage.ts";

/** How a task ended; the first that holds, in this order (docs/definitions.md). */
export const OUTCOMES = ["escalated", "failed", "interrupted", "reworked", "accepted", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What kind of work a task is, by the thinking it asks for. */
export const COMPLEXITIES = ["mechanical", "generative", "reasoning", "exploration"] as const;
export type Complexity = (typeof COMPLEXITIES)[number];

/** The four classes that people ask about. */
export const WORK_CLASSES = ["refactor", "code-generation", "debugging", "planning", "other"] as const;
export type WorkClass = (typeof WORK_CLASSES)[number];

/** A label of a task with what it was derived from. */
export interface Categories {
  complexity: Complexity;
  class: WorkClass;
  /** What led to the labels: `word:rename`, `tools:read-only`, `agent:Explore`. Never text of the prompt itself. */
  from: readonly string[];
}

/** One observation that an outcome rests on, with the transcript line it was seen at. */
export interface Evidence {
  file: string;
  /** 1-based. */
  line: number;
  why: string;
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
  evidence: readonly Evidence[];
  categories: Categories;
}
