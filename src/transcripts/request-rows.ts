import { AT, type FileScan, FLAG, type RequestContext, speakFor, WIDTH } from "./old-file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import { joined } from "./pieces.ts";
import type { RequestEntry } from "./request.ts";
import { closeRow, MOST_LETTERS, rowOf } from "./walker.ts";

/**
 * Gathers the requests of one file: entries of one key become one row. Rows come from both sides of the walker, so a request
 * whose lines do not follow on each other first has several.
 */
export interface RequestRows {
  add(entry: RequestEntry): void;
  /** Takes over rows out of the walker's table. */
  keep(keys: string, numbers: Float64Array): void;
  /** The stream of the last request kept was cut by an error: its output is a lower bound. */
  markCut(): void;
  /** The number of a context, from 0. */
  contextIndex: (context: RequestContext) => number;
  take(): Pick<FileScan, "keys" | "numbers" | "contexts" | "lastContext">;
}

/** `makeRoom` is called before a row is added to the walker's table. */
export function createRequestRows(makeRoom: () => void): RequestRows {
  const contexts: RequestContext[] = [];
  const indices = new Map<string, number>();
  const kept: { keys: string; numbers: Float64Array }[] = [];

  function contextIndex(context: RequestContext): number {
    const key = JSON.stringify(context);
    let index = indices.get(key);
    if (index === undefined) indices.set(key, (index = contexts.push(context) - 1));
    return index;
  }

  function write(key: string, { at }: RequestEntry, context: RequestContext, usage: Usage): void {
    makeRoom();
    const row = rowOf(plain(key), at);
    // The entry with the most output speaks for the request, the last such on a tie; its time is that of the first.
    if (usage.output < (row[AT.output] as number)) return;
    row[AT.context] = contextIndex(context);
    row[AT.input] = usage.input;
    row[AT.output] = usage.output;
    row[AT.thinking] = usage.thinking;
    row[AT.cacheWrite5m] = usage.cacheWrite5m;
    row[AT.cacheWrite1h] = usage.cacheWrite1h;
    row[AT.cacheRead] = usage.cacheRead;
    row[AT.webSearches] = usage.webSearches;
  }

  /** The last row that is a request, and no part of one. */
  function lastRow(): Float64Array | undefined {
    for (const { numbers } of kept.toReversed())
      for (let end = numbers.length; end > 0; end -= WIDTH) {
        const row = numbers.subarray(end - WIDTH, end);
        if (!(contextOf(row).flags & FLAG.part)) return row;
      }
    return undefined;
  }

  const contextOf = (row: Float64Array) => contexts[row[AT.context] as number] as RequestContext;

  return {
    contextIndex,
    add(entry) {
      write(entry.key, entry, entry.context, entry.usage);
      entry.parts.forEach(({ model, usage }, index) => {
        const context = { ...entry.context, served: model, flags: entry.context.flags | FLAG.part };
        write(`${entry.key}+${index + 1}`, entry, context, usage);
      });
      if (entry.parts.length > 0) closeRow();
    },
    keep(keys, numbers) {
      if (keys !== "") kept.push({ keys, numbers });
    },
    markCut() {
      const row = lastRow();
      if (!row) return;
      const context = contextOf(row);
      row[AT.context] = contextIndex({ ...context, flags: context.flags | FLAG.cut });
    },
    take() {
      const last = lastRow();
      const lastContext = last ? (last[AT.context] as number) : -1;
      return { ...eachOnce(kept), contexts, lastContext };
    },
  };
}

/** Keys stand a line each, in a table of ASCII: what cannot is told apart by its hash. */
function plain(key: string): string {
  if (key.length <= MOST_LETTERS && /^[!-~]+$/.test(key)) return key;
  const { createHash } = process.getBuiltinModule("node:crypto"); // hardly ever loaded
  return `sha-${createHash("sha256").update(key).digest("base64url")}`;
}

/** One row for each key, in order of first appearance. */
function eachOnce(kept: readonly { keys: string; numbers: Float64Array }[]): {
  keys: string;
  numbers: Float64Array;
} {
  const keys = kept.map((rows) => rows.keys).join("\n");
  const numbers = joined(kept.map((rows) => rows.numbers));
  const all = keys.split("\n");
  const places = new Map<string, number>();
  for (const key of all) if (!places.has(key)) places.set(key, places.size);
  if (keys === "" || places.size === all.length) return { keys, numbers };
  const once = new Float64Array(places.size * WIDTH);
  let filled = 0;
  all.forEach((key, index) => {
    const row = numbers.subarray(index * WIDTH, (index + 1) * WIDTH);
    const place = places.get(key) as number;
    if (place === filled) once.set(row, WIDTH * filled++);
    else speakFor(once.subarray(place * WIDTH, (place + 1) * WIDTH), row);
  });
  return { keys: [...places.keys()].join("\n"), numbers: once };
}
