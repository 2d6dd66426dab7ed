import type { NanoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** Kinds of content that a prompt is made of. */
export const BLOCK_KINDS = [
  "prompt",
  "summary",
  "answer",
  "thinking",
  "call",
  "result",
  "image",
  "attachment",
] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

/** Triggers of a stretch of requests. `agent`: the call of another thread. */
export const TRIGGERS = [
  "prompt",
  "notification",
  "teammate",
  "monitor",
  "summary",
  "agent",
  "none",
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Purposes of a request, judged by its calls: the first that matches, in this order. */
export const ACTIVITIES = [
  "edit",
  "delegate",
  "check",
  "git",
  "mcp",
  "shell",
  "wait",
  "explore",
  "bookkeep",
  "answer",
] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** Something between two requests that can empty the cache or cut the context. It has no size. */
export const MARKS = [
  "compaction",
  "trim",
  "resumed",
  "mode",
  "skill",
  "tools",
  "interrupted",
  "error",
  "commit",
] as const;
export type Mark = (typeof MARKS)[number];

/** One piece of content as it stands in a transcript, without its text. */
export interface TranscriptBlock {
  kind: BlockKind;
  /** The tool of a call or a result, the type of an attachment, with its program or skill (content-name.ts); otherwise empty. */
  name: string;
  /** Characters. */
  size: number;
  /** 1-based line in the transcript. */
  line: number;
  /** First line of the answer that the block is a part of; answers, thinking and calls only. */
  answer?: number;
  /** Starts a stretch. */
  trigger?: Trigger;
  /** Calls only. */
  activity?: Activity;
  /** Hash of the file that a call or its result is about. */
  target?: number;
  /** A call whose argument stood in the conversation before the former result. */
  known?: true;
  /** A result that is an error. */
  failed?: true;
}

/** A mark and the line that it was read from. */
export interface MarkAt {
  mark: Mark;
  /** 1-based. */
  line: number;
}

/** The content of one thread, in file order. */
export interface ThreadBlocks {
  /** Empty for the main thread. */
  agentId: string;
  /** The type that the call named; empty if no line shows it. */
  agentType: string;
  blocks: TranscriptBlock[];
  marks: MarkAt[];
}

/** The content of a transcript. */
export interface TranscriptContent {
  threads: readonly ThreadBlocks[];
  /** The API's reason for a cache miss, by the key of the request. */
  missed: ReadonlyMap<string, string>;
}

/** Counts up when the same lines give other blocks, so that transcripts are read again. */
export const CONTENT_READER = 3;

/** The API's own word for the reason of a cache miss; empty if it gave none. */
export type MissReason = string;

/** One request of a thread, with all that its price depends on. */
export interface LedgerRequest {
  /** ms since the epoch, of its first entry. */
  at: number;
  /** Of its first entry in the transcript; 1-based. */
  line: number;
  /** Canonical id of the model that served. */
  model: string;
  /** In the store: what it shares with others, and the accounts with a better claim to it. */
  context: number;
  elsewhere: string;
  usage: Usage;
  /** Absent where the model has no known price. */
  costNano?: NanoUsd;
  fast?: true;
  usOnly?: true;
  batch?: true;
  effort?: string;
  version?: string;
  branch?: string;
  missed?: MissReason;
  /** Another transcript owns it: here it only fills the context. */
  copied?: true;
  /** Billed with a request at another model; not a request of its own. */
  part?: true;
}

/** One thread: the main thread of a session or one agent run. */
export interface LedgerThread extends ThreadBlocks {
  session: string;
  project: string;
  /** Path of the transcript. */
  file: string;
  /** In order of lines. */
  requests: LedgerRequest[];
}
