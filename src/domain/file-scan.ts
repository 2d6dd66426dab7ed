import type { AgentRunFacts } from "./agent-run.ts";

/**
 * Columns of one request in `FileScan.numbers`: `context` is an index into `FileScan.contexts`, times are in ms since the epoch,
 * everything from `input` on counts tokens but for web searches.
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
] as const;
type Column = (typeof COLUMNS)[number];
export const WIDTH = COLUMNS.length;
/** Maps each column to its place in a row. */
export const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<
  Column,
  number
>;

/**
 * Merges a later occurrence of a request into `row`: the one with the most output counts, on a tie the last. The time and the line
 * stay those of the first.
 */
export function mergeOccurrence(row: Float64Array, later: Float64Array): void {
  if ((later[AT.output] as number) < (row[AT.output] as number)) return;
  const { [AT.at]: at = 0, [AT.line]: line = 0 } = row;
  row.set(later);
  row[AT.at] = at;
  row[AT.line] = line;
}

/** What many requests of a thread have in common, as their entries state it; empty when they do not. */
export interface RequestContext {
  session: string;
  /** Empty on the main thread. */
  agentId: string;
  agentType: string;
  /** The model that answered, as spelled there. */
  served: string;
  /** The model asked for. */
  requested: string;
  effort: string;
  branch: string;
  cwd: string;
  version: string;
  /** The session's nickname. */
  nickname: string;
  stop: string;
  /** Bits of FLAG. */
  flags: number;
}

/** What decides the price of a request or how it counts, as bits. */
export const FLAG = {
  fast: 1,
  usOnly: 2,
  batch: 4,
  /** The stream was cut: its output is a lower bound. */
  cut: 8,
  /** The Anthropic API answered, not another provider. */
  firstParty: 16,
  /** A fork's or branch's copy, or an echo, of what another file holds. */
  copy: 32,
  /** Billed with a request at another model, and not a request of its own: advisor, fallback, compaction. */
  part: 64,
  /** A copy that `/branch` made: the client's own count of the branch begins without it, unlike a fork's. */
  branch: 128,
} as const;

/** The requests of a file, or of the rest of it; made of few large pieces because it crosses threads. */
export interface FileScan {
  /** Keys of the requests, joined by line breaks. */
  keys: string;
  /** `WIDTH` numbers a request. */
  numbers: Float64Array;
  contexts: RequestContext[];
  /** Index of the context of the last request; -1 when there is none. */
  lastContext: number;
  /** The first working directory that an entry names, for files without a request; empty when none does. */
  cwd: string;
  /** Lines by how they were parsed: `understood`, `skipped`, and diagnostics by code. */
  counts: Record<string, number>;
  /** Entries of types that this version does not know, by type. */
  unknown: Record<string, number>;
  /** Of the first and the last entry with a time; NaN when there is none. */
  firstAt: number;
  lastAt: number;
  /** The last `cost-state` of each session: Claude Code's own count in dollars, cumulative. */
  clientCosts: { session: string; usd: number }[];
  /** Sub-agent files: what the `.meta.json` beside it says. */
  agentRun?: AgentRunFacts;
}

/** How far a file was read. */
export interface ReadTo {
  /** Bytes. */
  offset: number;
  /** Lines, blank ones included. */
  line: number;
  /** The last line read has no line break yet; when that comes it starts no line of its own. */
  unterminated: boolean;
}

/** One reading of a file: of its requests or of its events. */
export interface Reading {
  /** The bytes read before are no longer the same: everything was read again. */
  rewritten: boolean;
  readTo: ReadTo;
  /** Of the bytes up to `readTo.offset`. */
  fingerprint: string;
  /** How many bytes were read now. */
  bytes: number;
}

/** Where an earlier reading of a file ended. */
export interface ReadBefore extends ReadTo {
  fingerprint: string;
  /** Time of the first entry in ms since the epoch; NaN when no entry had one. */
  firstAt: number;
}

/** What to read of a file: an absent part is not wanted, one without `before` is read from the start. */
export interface ScanJob {
  path: string;
  requests?: { before?: ReadBefore };
  events?: { before?: ReadBefore & { observer: string } };
}

/** What came of a `ScanJob`. Events are a JSON array (domain/event.ts), the observer's state is JSON. */
export type ScanResult =
  | { status: "gone" }
  | { status: "unreadable"; message: string }
  | {
      status: "read";
      requests?: Reading & { scan: FileScan };
      events?: Reading & { events: string; observer: string };
    };
