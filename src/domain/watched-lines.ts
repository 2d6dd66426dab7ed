/**
 * The lines of a transcript that outcomes will need, where they were not looked at yet: `WATCHED_WIDTH` numbers a line, in
 * the order of the file, each with what it is.
 */
export interface WatchedLines {
  rows: Float64Array;
  /** Names of tools that `light` rows point to. */
  tools: string[];
}

/** Columns: what the line is, its number, and two more that depend on it. */
export const WATCHED_WIDTH = 4;

export const WATCHED = {
  /** An entry to look at: offset and length in bytes. */
  entry: 0,
  /** A tool result, to look at if its call turns out to matter: offset and length. */
  result: 1,
  /** A call of a tool that only counts: its time, and the index of its name. */
  light: 2,
} as const;
