import {
  type Column,
  COLUMNS,
  type FileScan,
  FLAG,
  type RequestContext,
  WIDTH,
} from "../domain/file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import type { RequestEntry } from "./request.ts";

/** Gathers the requests of one file: entries of one key become one row. */
export interface RequestRows {
  add(entry: RequestEntry): void;
  /** Another entry of the request added last; false where `key` is not that, and nothing is done. */
  again(key: string, usage: Usage, stop: string): boolean;
  /** The stream of the last request was cut by an error: its output is a lower bound. */
  markCut(): void;
  take(): Pick<FileScan, "keys" | "numbers" | "contexts" | "lastContext">;
}

const at = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<Column, number>;

export function createRequestRows(): RequestRows {
  const keys: string[] = [];
  const rowOf = new Map<string, number>();
  const contexts = createContexts();
  let numbers = new Float64Array(WIDTH * 64);
  let last = "";
  let lastEntry: RequestEntry | undefined;
  let lastContext = -1;

  function write(key: string, entry: RequestEntry, context: number, usage: Usage): void {
    let row = rowOf.get(key);
    if (row === undefined) {
      row = keys.push(key) - 1;
      rowOf.set(key, row);
      if (keys.length * WIDTH > numbers.length) numbers = doubled(numbers);
      numbers[row * WIDTH + at.at] = entry.at;
      numbers[row * WIDTH + at.line] = entry.line;
    } else if (usage.output < (numbers[row * WIDTH + at.output] as number)) return;
    // The entry with the most output speaks for the request, the last such on a tie; its time is that of the first.
    const start = row * WIDTH;
    numbers[start + at.context] = context;
    numbers[start + at.input] = usage.input;
    numbers[start + at.output] = usage.output;
    numbers[start + at.thinking] = usage.thinking;
    numbers[start + at.cacheWrite5m] = usage.cacheWrite5m;
    numbers[start + at.cacheWrite1h] = usage.cacheWrite1h;
    numbers[start + at.cacheRead] = usage.cacheRead;
    numbers[start + at.webSearches] = usage.webSearches;
  }

  return {
    add(entry) {
      lastContext = contexts.index(entry.context);
      write(entry.key, entry, lastContext, entry.usage);
      last = entry.key;
      lastEntry = entry;
      entry.parts.forEach((part, index) => {
        const context = { ...entry.context, served: part.model, flags: entry.context.flags | FLAG.part };
        write(`${entry.key}+${index + 1}`, entry, contexts.index(context), part.usage);
      });
    },
    again(key, usage, stop) {
      if (key !== last || !lastEntry || lastEntry.parts.length > 0) return false;
      const { context } = lastEntry;
      if (context.stop !== stop) lastContext = contexts.index({ ...context, stop });
      write(key, lastEntry, lastContext, usage);
      return true;
    },
    markCut() {
      const row = rowOf.get(last);
      if (row === undefined) return;
      const context = contexts.list[numbers[row * WIDTH + at.context] as number] as RequestContext;
      numbers[row * WIDTH + at.context] = contexts.index({ ...context, flags: context.flags | FLAG.cut });
    },
    take: () => ({
      keys: keys.join("\n"),
      numbers: numbers.slice(0, keys.length * WIDTH),
      contexts: contexts.list,
      lastContext,
    }),
  };
}

/** Each context once. Neighbouring requests share most of theirs: then only what varies is looked up. */
function createContexts() {
  const list: RequestContext[] = [];
  const indices = new Map<string, number>();
  const variants = new Map<string, number>();
  let base: RequestContext | undefined;

  function indexOf(context: RequestContext): number {
    const key = JSON.stringify(context);
    let index = indices.get(key);
    if (index === undefined) indices.set(key, (index = list.push(context) - 1));
    return index;
  }

  return {
    list,
    index(context: RequestContext): number {
      if (!base || !isSameThread(base, context)) {
        base = context;
        variants.clear();
      }
      const { stop, flags, served, requested, effort } = context;
      const variant = `${stop} ${flags} ${served} ${requested} ${effort}`;
      let index = variants.get(variant);
      if (index === undefined) variants.set(variant, (index = indexOf(context)));
      return index;
    },
  };
}

function isSameThread(a: RequestContext, b: RequestContext): boolean {
  return (
    a.session === b.session &&
    a.agentId === b.agentId &&
    a.agentType === b.agentType &&
    a.branch === b.branch &&
    a.cwd === b.cwd &&
    a.version === b.version &&
    a.nickname === b.nickname
  );
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
