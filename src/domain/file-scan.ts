import type { AgentRunFacts } from "./agent-run.ts";

/**
 * Columns of a request in `FileScan.numbers`. `at` is in ms since the epoch, `line` counts from 1, and `context` is an index into
 * `FileScan.contexts`. `written` is how many bytes the answer wrote, 0 where every count of output is final. `stop` is an index into
 * STOP_REASONS, and behind its end one into `FileScan.otherStops`.
 */
const COLUMNS = [
  "at",
  "line",
  "context",
  "input",
  "output",
  "thinking",
  "cacheWrite5m",
  "cacheWrite1h",
  "cacheRead",
  "webSearches",
  "written",
  "stop",
] as const;
type RequestColumn = (typeof COLUMNS)[number];
export const WIDTH = COLUMNS.length;
/** The place of each column in a row. */
export const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<
  RequestColumn,
  number
>;

/** Reasons for the end of an answer as `stop_reason` names them: none, those of the Messages API, and those that gateways pass on. */
export const STOP_REASONS: readonly string[] = [
  "", "end_turn", "tool_use", "stop_sequence", "max_tokens", "pause_turn", "refusal", "model_context_window_exceeded", "compaction",
  "stop", "length", "tool_calls", "content_filter",
]; // prettier-ignore

/**
 * Merges a later occurrence of a request into its row. The one with the most output counts, the last one on a tie. The time and the
 * line stay those of the first. Each line holds a part of what the answer wrote.
 */
export function mergeOccurrence(row: Float64Array, later: Float64Array): void {
  const written = (row[AT.written] as number) + (later[AT.written] as number);
  row[AT.written] = written;
  if ((later[AT.output] as number) < (row[AT.output] as number)) return;
  const at = row[AT.at] as number;
  const line = row[AT.line] as number;
  row.set(later);
  row[AT.at] = at;
  row[AT.line] = line;
  row[AT.written] = written;
}

/** Everything that many requests of a thread share, as their entries say it. Fields that an entry does not have are empty. */
export interface RequestContext {
  session: string;
  /** Empty on the main thread. */
  agentId: string;
  agentType: string;
  /** The model that answered, in the entry's spelling. */
  served: string;
  /** The model asked for. */
  requested: string;
  effort: string;
  branch: string;
  cwd: string;
  version: string;
  /** The session's nickname. */
  nickname: string;
  /** Bits of FLAG. */
  flags: number;
}

/** Decides the price of a request or whether it counts, as bits. */
export const FLAG = {
  fast: 1,
  usOnly: 2,
  batch: 4,
  /** The stream was cut: its output is a lower bound. */
  cut: 8,
  /** The Anthropic API answered, not another provider. */
  firstParty: 16,
  /** A fork's or branch's copy, or an echo, of a request in another file. */
  copy: 32,
  /** Billed with a request, at another model, without a request of its own: advisor, fallback, compaction. */
  part: 64,
  /** A copy that `/branch` made: the client's own count of the branch begins without it, unlike a fork's. */
  branch: 128,
} as const;

/** The result of reading a file for its requests. It consists of few large pieces, because it crosses threads. */
export interface FileScan {
  /** Keys of the requests, joined by line breaks. */
  keys: string;
  /** `WIDTH` numbers for each request. */
  numbers: Float64Array;
  contexts: RequestContext[];
  /** Reasons for the end of an answer that are not in STOP_REASONS. */
  otherStops: string[];
  /** Index of the context of the last request; -1 without a request. */
  lastContext: number;
  /** The first working directory that an entry names, for files without a request; empty if none does. */
  cwd: string;
  /** Numbers of lines: `understood`, `skipped`, and diagnostics by code. */
  counts: Record<string, number>;
  /** Numbers of entries with a type that this version does not know, by type. */
  unknown: Record<string, number>;
  /** Times of the first and last entry with a time, in ms since the epoch; NaN without one. */
  firstAt: number;
  lastAt: number;
  /** The last `cost-state` of each session: Claude Code's own cumulative count in dollars. */
  clientCosts: { session: string; usd: number }[];
  /** Sub-agent files: the content of the `.meta.json` beside the file. */
  agentRun?: AgentRunFacts;
}

/** The position up to which a file was read. */
export interface ReadTo {
  /** Bytes. */
  offset: number;
  /** Lines, blank ones included. */
  line: number;
  /** The last line read has no line break yet. When one is appended, it does not start a line. */
  unterminated: boolean;
}

/** The end of the last reading of a file. */
export interface ReadBefore extends ReadTo {
  /** A checksum of samples of the bytes before `offset`. */
  fingerprint: string;
  /** Time of the first entry in ms since the epoch; NaN while no entry has had a time. */
  firstAt: number;
}

/**
 * A file to read. Requests and events are two readings with a position each, so that a command without outcomes never looks for events.
 * A reading that is absent is not wanted. One without `before` starts at the beginning of the file.
 */
export interface ScanJob {
  path: string;
  requests?: { before?: ReadBefore };
  events?: { before?: ReadBefore & { observer: string } };
  /** Sub-agent files: its `.meta.json` is beside it. */
  hasMeta?: boolean | undefined;
  /** Find content blocks as well, if requests are read from the start of the file. */
  content?: boolean;
}

/** One of the two readings of a file. */
export interface Reading {
  /** The bytes before `before.offset` are no longer the same, so the file was read from its beginning. */
  rewritten: boolean;
  readTo: ReadTo;
  fingerprint: string;
  /** Number of bytes read. */
  bytes: number;
}

/** The result of a job. */
export type ScanResult =
  | { status: "gone" }
  | { status: "unreadable"; message: string }
  | {
      status: "read";
      requests?: Reading & { scan: FileScan };
      /** The events and the observer's state, both as JSON. */
      events?: Reading & { events: string; observer: string };
      /** Content blocks, packed (domain/pack-content.ts). */
      content?: string;
    };
