import type { NanoUsd } from "./money.ts";

/** Kinds of advice that are simulated on a history, in the order in which that is done: the safest first. */
export const ADVICE_KINDS = [
  "compact-window",
  "newer-model",
  "cache-lifetime",
  "cold-prompt",
  "clear-after-commit",
  "base-size",
  "explore-agent",
  "big-results",
  "one-call",
  "agent-model",
  "main-model",
  "quiet-agents",
  "avoid-loss",
] as const;
export type AdviceKind = (typeof ADVICE_KINDS)[number];

/** The risk of following advice. */
export type Risk = "none" | "low" | "medium" | "high";

/** A place in a history to look at. */
export interface HistoryPlace {
  /** ID of the session. */
  session: string;
  /** Path of the transcript. */
  file: string;
  /** 1-based. */
  line: number;
}

/** The change to write, or the words to type, to follow advice. */
export type Patch =
  /** Keys to merge into the settings; the items of a list are added to it. Those of a project go to `settings.local.json`. */
  | { type: "settings"; scope: "user" | "project"; values: Readonly<Record<string, unknown>> }
  /** A line for CLAUDE.md. */
  | { type: "memory"; scope: "user" | "project"; text: string }
  /** Front matter keys of an agent file, which is made where it is missing. */
  | { type: "agent"; name: string; values: Readonly<Record<string, string>> }
  /** A hook of rolecall. */
  | { type: "hook"; event: string; command: string }
  /** Something that only a person can do. */
  | { type: "manual"; text: string };

/** A value of a settings file or of front matter. */
export type PatchValue =
  | string
  | number
  | boolean
  | null
  | readonly PatchValue[]
  | { readonly [key: string]: PatchValue };

/** One place in a file that a patch wrote, with what reverting puts back. */
export interface PatchWrite {
  /** A key of JSON, an item of a list in JSON, a line, a key of front matter, or a whole new file. */
  kind: "key" | "item" | "line" | "front-matter" | "file";
  /** Relative to the target's root, with `/`. */
  path: string;
  /** From the outermost object inwards; empty for a line and a file. */
  key: readonly string[];
  /** Null where there was nothing. */
  before: PatchValue;
  after: PatchValue;
}

/** Amounts at the low, the middle and the high assumption. */
export interface Range {
  low: NanoUsd;
  mid: NanoUsd;
  high: NanoUsd;
}

/** A change, simulated on what the safer ones left. */
export interface SimulatedAdvice {
  kind: AdviceKind;
  /** The agent type or the sign that it is about; otherwise empty. */
  subject: string;
  /** Saved in the period at the prices of the models in use today. */
  saves: Range;
  /** The same at the prices of then. */
  savedThen: Range;
  risk: Risk;
  /** To be tried with a stop rule, never adopted at once. */
  isTrial: boolean;
  /** Number of times it would have mattered. */
  occasions: number;
  /** At most two, the largest first. */
  places: readonly HistoryPlace[];
  /** Counts, by name. */
  evidence: Readonly<Record<string, number>>;
  patch: readonly Patch[];
  /** The number to look at afterwards, with its value today. */
  verify: { name: string; value: number };
}
