import type { Activity, Trigger } from "./ledger-input.ts";
import type { NanoUsd } from "./money.ts";

/** The causes of cost: leaves of the tree, in the order in which it is shown. */
export const LEAVES = [
  "output.thinking",
  "output.edits",
  "output.calls",
  "output.text",
  "new.start",
  "new.tool",
  "new.answer",
  "new.prompt",
  "new.attachment",
  "new.summary",
  "new.unseen",
  "reread.base",
  "reread.prompt",
  "reread.earlier",
  "rewrite.pause-1h",
  "rewrite.pause-5m",
  "rewrite.no-pause",
  "rewrite.switch",
  "rewrite.compaction",
  "rewrite.rewind",
  "rewrite.late",
  "rest.input",
  "rest.search",
  "rest.part",
] as const;
/** A cause of cost: a leaf of the tree. */
export type Leaf = (typeof LEAVES)[number];

/** The reason why a part of the prompt was written to the cache again. */
export type LossCause = "pause-1h" | "pause-5m" | "no-pause" | "switch" | "compaction" | "rewind";

/** A circumstance of a loss without a pause; a sign, not a proof. */
export type Sign =
  | "model"
  | "tools"
  | "system"
  | "resumed"
  | "mode"
  | "effort"
  | "image"
  | "skill"
  | "interrupted"
  | "version"
  | "error"
  | "unexplained";

/** A part of a request's tokens with one cause and one price. */
export interface LedgerPart {
  leaf: Leaf;
  /** The name of a content block (content-name.ts), the sign of a loss; otherwise empty. */
  name: string;
  tokens: number;
  /** 0 where the model has no known price. */
  nano: NanoUsd;
}

/** A cache that was lost: tokens that had been in it and were written again. */
export interface Loss {
  cause: LossCause;
  sign?: Sign;
  /** Tokens written again; 0 where the prompt fell to what was still read. */
  tokens: number;
  /** Cost of writing them beyond reading them. */
  avoidableNano: NanoUsd;
}

/** A tool result that came before a request, with its estimated tokens. */
export interface ResultTokens {
  name: string;
  tokens: number;
  /** Hash of the file that it is about. */
  target?: number;
}

/** The purposes of the calls in an answer. */
export interface AnswerCalls {
  activity: Activity;
  count: number;
  /** Of its calls, and of skills that the user ran as commands before it. */
  names: readonly string[];
  /** Hashes of the files that it reads and those that it edits. */
  reads: number[];
  edits: number[];
  /** The argument of its only call stood in the conversation before the former result. */
  known: boolean;
}

/** The contents that one request paid for, and its place in its thread. */
export interface LedgerRow {
  /** Index into the thread's requests. */
  index: number;
  /** Tokens of the whole prompt. */
  prompt: number;
  /** Tokens that the prompt grew by since the request before; negative after a cut. */
  growth: number;
  /** Estimated tokens of the base. */
  base: number;
  trigger: Trigger;
  /** Counts the human prompts of the thread. */
  turn: number;
  calls: AnswerCalls;
  isFirst: boolean;
  /** A compaction came before it. */
  isCut: boolean;
  /** A commit came before it. */
  isCommitted: boolean;
  /** A notification came before it, and no prompt. */
  isWoken: boolean;
  loss?: Loss;
  /** Signs that were there before it, whether or not the cache was lost. */
  signs: readonly Sign[];
  /** Results that arrived since the request before. */
  results: ResultTokens[];
  /** Parts add up to the tokens and the cost of the request; none for a copied request. */
  parts: LedgerPart[];
}

/** The parts of a slot with the same cause and name, added up. */
export interface SlotPart {
  leaf: Leaf;
  name: string;
  tokens: number;
  nano: NanoUsd;
  /** Requests in which it is the first part of its leaf and tool, of its leaf, and of its group. */
  requests: number;
  leafRequests: number;
  groupRequests: number;
}

/** The place of a request in the store: its context, and the accounts in which it counts elsewhere. */
export interface StorePlace {
  context: number;
  elsewhere: string;
}

/** Requests of a quarter of an hour that agree in what they do and what started them. */
export interface SlotSums {
  /** Quarter of an hour in UTC, counted from the epoch. */
  quarter: number;
  activity: Activity;
  trigger: Trigger;
  /** Without what was billed along with one. */
  requests: number;
  parts: SlotPart[];
  /** Calls by name. */
  calls: CallCount[];
}

/** The name of a content block that is a call, and how often it was made. */
export type CallCount = readonly [name: string, count: number];

/** The filters beside the thread. */
interface ModelAndBranch {
  model: string;
  branch: string;
}

/** Length of a quarter of an hour: no day of any zone begins within one. */
export const QUARTER_MS = 900_000;

/** Sums of a slot with its model and branch. */
export type LedgerSlot = SlotSums & ModelAndBranch;

/** One prompt with all requests of its thread until the next. */
export interface TurnSums {
  /** Line and time (ms since the epoch) of its first request. */
  line: number;
  at: number;
  /** Of its first request: tokens, and what started it. */
  context: number;
  trigger: Trigger;
  requests: number;
  nano: NanoUsd;
}
export type TurnCost = TurnSums & ModelAndBranch;

/** A loss and where it happened. */
export interface LossSums extends Loss {
  line: number;
  /** ms since the epoch. */
  at: number;
}
export type LossAt = LossSums & ModelAndBranch;

/** The cost of one thread by cause, as the store keeps it. */
export interface LedgerSums {
  /** Their parts add up to what the thread cost. */
  slots: (SlotSums & StorePlace)[];
  turns: (TurnSums & { place: StorePlace })[];
  losses: (LossSums & { place: StorePlace })[];
}

/** The cost of one thread by cause, as far as it belongs to one session. */
export interface ThreadLedger {
  session: string;
  project: string;
  file: string;
  /** Empty for the main thread. */
  agentId: string;
  /** `main` for the main thread. */
  agentType: string;
  slots: LedgerSlot[];
  turns: TurnCost[];
  losses: LossAt[];
}
