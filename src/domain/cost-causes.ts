import type { Leaf, LossCause, Sign } from "./ledger.ts";
import type { NanoUsd } from "./money.ts";
import type { HistoryPlace } from "./simulation.ts";

/** The certainty of a number. `sign`: what goes with a loss, which need not be its cause. */
export type Certainty = "exact" | "estimated" | "sign";

/** The consumption of one cause. */
export interface CauseSum {
  /** Cost in nano-dollars. */
  nano: NanoUsd;
  /** Of all that was spent, 0 to 1. */
  share: number;
  /** Number of tokens. */
  tokens: number;
  /** Requests that it was found in, each once; null where a request counts in several rows of it. */
  requests: number | null;
}

/** A node of the tree of causes. */
export interface Cause extends CauseSum {
  /** `reread`, `reread.earlier`, `new.tool.Read`, `rewrite.no-pause.image` … */
  id: string;
  /** Null for the five groups. */
  parent: string | null;
  /** Certainty of its numbers. */
  certainty: Certainty;
  /** Names of tools and of other content, the most expensive first; leaves only. */
  byName: readonly (CauseSum & { name: string })[];
  /** The same by model, the most expensive first. */
  byModel: readonly (CauseSum & { model: string })[];
}

/** One row of another way to break the same dollars down. */
export interface AxisRow extends CauseSum {
  /** The tool, skill, program, trigger, activity, agent or cause. */
  key: string;
  /** Calls; only where the key is something that is called. */
  calls?: number;
}

/** The axes that causes can be broken down by. */
export const CAUSE_AXES = [
  "cause",
  "tool",
  "skill",
  "mcp-server",
  "command",
  "trigger",
  "activity",
  "agent",
] as const;
/** One of the keys that dollars are broken down by. */
export type CauseAxis = (typeof CAUSE_AXES)[number];

/** Prompts that began at a similar size of the context. */
export interface ContextBand {
  /** Tokens; `to` is exclusive and null for the last band. */
  from: number;
  /** Upper end in tokens, exclusive; null for the last band. */
  to: number | null;
  /** Prompts of this size. */
  prompts: number;
  /** Of a prompt, on average. */
  nano: NanoUsd;
  /** Requests that one of them took, on average. */
  requests: number;
}

/** Overhead of a week or a project: all dollars divided by those for output and new content. */
export interface OverheadRow {
  /** The week or the project. */
  key: string;
  /** Cost in nano-dollars. */
  nano: NanoUsd;
  /** Null where nothing new was paid for. */
  overhead: number | null;
}

/** One thing in which a session or a day differs from the user's own median. */
export interface Unusual {
  what: "context" | "loss" | "model" | "wake-ups" | "agents";
  value: number;
  median: number;
  /** About what it cost beyond the median. */
  extraNano: NanoUsd;
  place: HistoryPlace;
}

/** A lost cache with its place. */
export interface LossPlace extends HistoryPlace {
  /** Cause of the loss. */
  cause: LossCause;
  /** Sign that went with it; null if nothing was found. */
  sign: Sign | null;
  /** Tokens that were written again. */
  tokens: number;
  /** Cost of writing beyond reading, in nano-dollars. */
  avoidableNano: NanoUsd;
}

/** The cost of a period by cause. */
export interface CostCauses {
  /** Cost of the period in nano-dollars. */
  nano: NanoUsd;
  /** Number of requests. */
  requests: number;
  /** Number of sessions. */
  sessions: number;
  /** Days with activity. */
  activeDays: number;
  /** Null where nothing new was paid for. */
  overhead: number | null;
  /** Groups first, then what is below them, in the order of the tree. */
  causes: readonly Cause[];
  /** The same dollars by other keys. */
  axes: Readonly<Record<CauseAxis, readonly AxisRow[]>>;
  /** Cost of main threads. */
  main: CauseSum;
  /** Cost of agents by type, with their runs. */
  agents: readonly (AxisRow & { runs: number })[];
  /** Cost of a prompt by the size of its context. */
  bands: readonly ContextBand[];
  /** Lost caches: how many of each cause, and the most expensive. */
  losses: { count: Readonly<Partial<Record<LossCause, number>>>; largest: readonly LossPlace[] };
  /** Overhead of each week, the first one first. */
  overheadByWeek: readonly OverheadRow[];
  /** Overhead of each project. */
  overheadByProject: readonly OverheadRow[];
  /** Models without a known price: their tokens are counted, their dollars are not. */
  unpriced: readonly string[];
}

/** The five groups of causes, in the order of the tree, and their leaves. */
export const CAUSE_GROUPS = ["reread", "rewrite", "new", "output", "rest"] as const;
export type CauseGroup = (typeof CAUSE_GROUPS)[number];

/** Returns the group of a leaf. */
export function groupOfLeaf(leaf: Leaf): CauseGroup {
  return leaf.slice(0, leaf.indexOf(".")) as CauseGroup;
}
