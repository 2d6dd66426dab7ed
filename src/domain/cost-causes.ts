import type { Leaf, LossCause, Sign } from "./ledger.ts";
import type { NanoUsd } from "./money.ts";
import type { HistoryPlace } from "./simulation.ts";

/** The certainty of a number. `sign`: what goes with a loss, which need not be its cause. */
export type Certainty = "exact" | "estimated" | "sign";

/** The consumption of one cause. */
export interface CauseSum {
  nano: NanoUsd;
  /** Of all that was spent, 0 to 1. */
  share: number;
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
  certainty: Certainty;
  /** Names of tools and of other content, the most expensive first; leaves only. */
  byName: readonly (CauseSum & { name: string })[];
  byModel: readonly (CauseSum & { model: string })[];
}

/** One row of another way to break the same dollars down. */
export interface AxisRow extends CauseSum {
  key: string;
}

/** The axes that causes can be broken down by. */
export const CAUSE_AXES = ["cause", "tool", "mcp-server", "trigger", "activity", "agent"] as const;
export type CauseAxis = (typeof CAUSE_AXES)[number];

/** Prompts that began at a similar size of the context. */
export interface ContextBand {
  /** Tokens; `to` is exclusive and null for the last band. */
  from: number;
  to: number | null;
  prompts: number;
  /** Of a prompt, on average. */
  nano: NanoUsd;
  requests: number;
}

/** Overhead of a week or a project: all dollars divided by those for output and new content. */
export interface OverheadRow {
  key: string;
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
  cause: LossCause;
  sign: Sign | null;
  tokens: number;
  avoidableNano: NanoUsd;
}

/** The cost of a period by cause. */
export interface CostCauses {
  nano: NanoUsd;
  requests: number;
  sessions: number;
  activeDays: number;
  /** Null where nothing new was paid for. */
  overhead: number | null;
  /** Groups first, then what is below them, in the order of the tree. */
  causes: readonly Cause[];
  axes: Readonly<Record<CauseAxis, readonly AxisRow[]>>;
  main: CauseSum;
  agents: readonly (AxisRow & { runs: number })[];
  bands: readonly ContextBand[];
  losses: { count: Readonly<Partial<Record<LossCause, number>>>; largest: readonly LossPlace[] };
  /** Requests whose recorded output is plainly less than what they wrote, and what at least is missing. */
  unrecorded: { requests: number; nano: NanoUsd };
  overheadByWeek: readonly OverheadRow[];
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
