import type { AgentRunFacts } from "../domain/agent-run.ts";
import type { WatchedLines } from "../domain/watched-lines.ts";

/**
 * Columns of one request in `FileScan.numbers`; `context` is an index into `FileScan.contexts`, `cost` is in nano-dollars and
 * NaN where it is not known (reading knows no prices).
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
  "cost",
] as const;
type Column = (typeof COLUMNS)[number];
export const WIDTH = COLUMNS.length;
/** Where in a row each column is. */
export const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<
  Column,
  number
>;

/**
 * The sighting of a request with the most output speaks for it, the last such on a tie: `later` is put into the place of `row`,
 * but for when and where that was.
 */
export function speakFor(row: Float64Array, later: Float64Array): void {
  if ((later[AT.output] as number) < (row[AT.output] as number)) return;
  const { [AT.at]: at = 0, [AT.line]: line = 0 } = row;
  row.set(later);
  row[AT.at] = at;
  row[AT.line] = line;
}

/** What many requests of a thread have in common, as their entries say it; empty where they do not. */
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

/** What decides the price or the standing of a request, as bits. */
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
  /** Billed with a request at another model, and no request of its own: advisor, fallback, compaction. */
  part: 64,
  /** A copy that `/branch` made: the client's own count of the branch begins without it, other than a fork's. */
  branch: 128,
} as const;

/** What reading a file, or the rest of it, brought to light; made of few large pieces, for it crosses threads. */
export interface FileScan {
  /** Keys of the requests, joined by line breaks. */
  keys: string;
  /** `WIDTH` numbers a request. */
  numbers: Float64Array;
  contexts: RequestContext[];
  /** Index of the context of the last request; -1 where there is none. */
  lastContext: number;
  /** The first working directory that an entry names, for files without a request; empty where none does. */
  cwd: string;
  /** Lines by how they were met: `understood`, `skipped`, and diagnostics by code. */
  counts: Record<string, number>;
  /** Entries of types that this version does not know, by type. */
  unknown: Record<string, number>;
  /** Of the first and the last entry with a time; NaN where there is none. */
  firstAt: number;
  lastAt: number;
  /** The last `cost-state` of each session: what Claude Code itself counted, in dollars, cumulative. */
  clientCosts: { session: string; usd: number }[];
  /** Sub-agent files: what the `.meta.json` beside it says. */
  agentRun?: AgentRunFacts;
  /** Events and the observer's state, as JSON; the state is empty while lines wait to be looked at. */
  events: string;
  observer: string;
  /** Lines that outcomes need, where they were only noted. */
  watched?: WatchedLines;
}
