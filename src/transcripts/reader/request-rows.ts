import {
  AT,
  type FileScan,
  FLAG,
  type RequestContext,
  mergeOccurrence,
  STOP_REASONS,
  WIDTH,
} from "../../domain/file-scan.ts";
import { mayBeFirstCount } from "../../domain/output-count.ts";
import type { Usage } from "../../domain/usage.ts";
import { LONGEST_KEY } from "./layout.ts";
import type { RequestEntry } from "./request.ts";
import { createSharedIds, type SharedIds } from "./shared-ids.ts";

/** Rows as the walk makes them: keys joined by line breaks, and `WIDTH` numbers for each. */
export interface Rows {
  keys: string;
  numbers: Float64Array;
}

/**
 * Gathers the requests of one file, in the order of their lines. The lines of one request are not always next to each other, so a
 * request can have several rows until `take` merges them.
 */
export interface RequestRows {
  /** Adds a parsed request. */
  add(entry: RequestEntry): void;
  /** Adds rows of the walk. */
  keep(rows: Rows): void;
  /** Notes that an error cut the stream of the last request: its output is a lower bound. */
  markCut(): void;
  /** Returns the number of a context, from 0. */
  contextIndex(context: RequestContext): number;
  take(): FoundRows;
}

/** The parts of a scan that are about requests. */
type FoundRows = Pick<FileScan, "keys" | "numbers" | "contexts" | "otherStops" | "lastContext">;

/** Makes an empty table of requests; `earlier` yields those just before it, and is called only if they matter. */
export function createRequestRows(earlier?: () => Iterable<RequestEntry>): RequestRows {
  return new RowTable(createSharedIds(earlier));
}

class RowTable implements RequestRows {
  private readonly sharedIds: SharedIds;
  private readonly contexts: RequestContext[] = [];
  private readonly indices = new Map<string, number>();
  private readonly kept: Rows[] = [];
  private readonly otherStops: string[] = [];
  /** Keys of requests whose stream was cut. */
  private readonly cut = new Set<string>();

  constructor(sharedIds: SharedIds) {
    this.sharedIds = sharedIds;
  }

  contextIndex(context: RequestContext): number {
    const key = JSON.stringify(context);
    let index = this.indices.get(key);
    if (index === undefined) this.indices.set(key, (index = this.contexts.push(context) - 1));
    return index;
  }

  keep(rows: Rows): void {
    this.kept.push(rows);
  }

  add(entry: RequestEntry): void {
    const written = mayBeFirstCount(entry.context) ? entry.written() : 0;
    const key = entry.key || this.sharedIds.keyOf(entry);
    this.keepOne(key, entry, entry, written);
    entry.parts.forEach(({ model, usage }, index) => {
      const context = { ...entry.context, served: model, flags: entry.context.flags | FLAG.part };
      this.keepOne(`${key}+${index + 1}`, entry, { context, usage });
    });
  }

  markCut(): void {
    const last = lastRow(this.kept, this.contextOf);
    if (!last) return;
    this.flagCut(last.row);
    this.cut.add(last.key());
  }

  take(): FoundRows {
    const { cut, contexts, otherStops } = this;
    const last = lastRow(this.kept, this.contextOf);
    const rows = mergeRows(this.kept);
    // Another row of the request may have had more output.
    if (cut.size > 0)
      rows.keys.split("\n").forEach((key, index) => {
        if (cut.has(key)) this.flagCut(rows.numbers.subarray(index * WIDTH, (index + 1) * WIDTH));
      });
    return { ...rows, contexts, otherStops, lastContext: last ? (last.row[AT.context] as number) : -1 };
  }

  private stopIndex(stop: string): number {
    const known = STOP_REASONS.indexOf(stop);
    if (known >= 0) return known;
    const { otherStops } = this;
    if (!otherStops.includes(stop)) otherStops.push(stop);
    return STOP_REASONS.length + otherStops.indexOf(stop);
  }

  private readonly contextOf = (row: Float64Array): RequestContext =>
    this.contexts[row[AT.context] as number] as RequestContext;

  private flagCut(row: Float64Array): void {
    const context = this.contextOf(row);
    row[AT.context] = this.contextIndex({ ...context, flags: context.flags | FLAG.cut });
  }

  private keepOne(
    key: string,
    { at, line, stop }: RequestEntry,
    { context, usage }: Pick<RequestEntry, "context" | "usage">,
    written = 0,
  ): void {
    const numbers = toRow(at, line, this.contextIndex(context), usage);
    numbers[AT.written] = written;
    numbers[AT.stop] = this.stopIndex(stop);
    this.kept.push({ keys: plainKey(key), numbers });
  }
}

function toRow(at: number, line: number, context: number, usage: Usage): Float64Array {
  const row = new Float64Array(WIDTH);
  row[AT.at] = at;
  row[AT.line] = line;
  row[AT.context] = context;
  row[AT.input] = usage.input;
  row[AT.output] = usage.output;
  row[AT.thinking] = usage.thinking;
  row[AT.cacheWrite5m] = usage.cacheWrite5m;
  row[AT.cacheWrite1h] = usage.cacheWrite1h;
  row[AT.cacheRead] = usage.cacheRead;
  row[AT.webSearches] = usage.webSearches;
  return row;
}

/** Returns the last row of a request, not of a part of one. */
function lastRow(
  kept: readonly Rows[],
  contextOf: (row: Float64Array) => RequestContext,
): { row: Float64Array; key: () => string } | undefined {
  for (const { keys, numbers } of kept.toReversed())
    for (let index = numbers.length / WIDTH - 1; index >= 0; index--) {
      const row = numbers.subarray(index * WIDTH, (index + 1) * WIDTH);
      if (contextOf(row).flags & FLAG.part) continue;
      return { row, key: () => keys.split("\n")[index] as string };
    }
  return undefined;
}

/** Keys are lines of visible ASCII. Any other key becomes its hash. */
function plainKey(key: string): string {
  if (key.length <= LONGEST_KEY && /^[!-~]+$/.test(key)) return key;
  const { createHash } = process.getBuiltinModule("node:crypto"); // hardly ever needed, so not loaded at the start
  return `sha-${createHash("sha256").update(key).digest("base64url")}`;
}

/** Merges rows with the same key, in the order in which the keys first appear. */
function mergeRows(kept: readonly Rows[]): Rows {
  const joinedKeys = kept.map((rows) => rows.keys).join("\n");
  const numbers = joined(kept.map((rows) => rows.numbers));
  if (joinedKeys === "") return { keys: "", numbers };
  const all = joinedKeys.split("\n");
  if (new Set(all).size === all.length) return { keys: joinedKeys, numbers };
  const places = new Map<string, number>();
  for (const key of all) if (!places.has(key)) places.set(key, places.size);
  const once = new Float64Array(places.size * WIDTH);
  let filled = 0;
  all.forEach((key, index) => {
    const row = numbers.subarray(index * WIDTH, (index + 1) * WIDTH);
    const place = places.get(key) as number;
    if (place === filled) once.set(row, WIDTH * filled++);
    else mergeOccurrence(once.subarray(place * WIDTH, (place + 1) * WIDTH), row);
  });
  return { keys: [...places.keys()].join("\n"), numbers: once };
}

function joined(pieces: readonly Float64Array[]): Float64Array {
  const [only] = pieces;
  if (pieces.length === 1 && only) return only;
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const piece of pieces) {
    all.set(piece, filled);
    filled += piece.length;
  }
  return all;
}
