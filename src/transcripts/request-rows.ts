import { AT, type FileScan, FLAG, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import type { RequestEntry } from "./request.ts";

/** Gathers the requests of one file: entries of one key become one row. */
export interface RequestRows {
  add(entry: RequestEntry): void;
  /** Another entry of the request added last; false where it is not that, or was cut, and nothing is done. */
  again(key: string, entry: Pick<RequestEntry, "usage" | "context">): boolean;
  /** The stream of the last request was cut by an error: its output is a lower bound. */
  markCut(): void;
  take(): Pick<FileScan, "keys" | "numbers" | "contexts" | "lastContext">;
}

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
      numbers[row * WIDTH + AT.at] = entry.at;
      numbers[row * WIDTH + AT.line] = entry.line;
    } else if (usage.output < (numbers[row * WIDTH + AT.output] as number)) return;
    // The entry with the most output speaks for the request, the last such on a tie; its time is that of the first.
    const start = row * WIDTH;
    numbers[start + AT.context] = context;
    numbers[start + AT.input] = usage.input;
    numbers[start + AT.output] = usage.output;
    numbers[start + AT.thinking] = usage.thinking;
    numbers[start + AT.cacheWrite5m] = usage.cacheWrite5m;
    numbers[start + AT.cacheWrite1h] = usage.cacheWrite1h;
    numbers[start + AT.cacheRead] = usage.cacheRead;
    numbers[start + AT.webSearches] = usage.webSearches;
    numbers[start + AT.cost] = Number.NaN;
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
    again(key, { usage, context }) {
      if (key !== last || !lastEntry || lastEntry.parts.length > 0 || context.flags & FLAG.cut) return false;
      lastContext = contexts.index(context);
      write(key, lastEntry, lastContext, usage);
      return true;
    },
    markCut() {
      const row = rowOf.get(last);
      if (row === undefined) return;
      const context = contexts.list[numbers[row * WIDTH + AT.context] as number] as RequestContext;
      numbers[row * WIDTH + AT.context] = contexts.index({ ...context, flags: context.flags | FLAG.cut });
    },
    take: () => ({
      keys: keys.join("\n"),
      numbers: numbers.slice(0, keys.length * WIDTH),
      contexts: contexts.list,
      lastContext,
    }),
  };
}

/** Each context once. */
function createContexts() {
  const list: RequestContext[] = [];
  const indices = new Map<string, number>();
  /** Lines of one shape share the object itself. */
  const known = new Map<RequestContext, number>();

  function indexOf(context: RequestContext): number {
    const key = JSON.stringify(context);
    let index = indices.get(key);
    if (index === undefined) indices.set(key, (index = list.push(context) - 1));
    return index;
  }

  return {
    list,
    index(context: RequestContext): number {
      let index = known.get(context);
      if (index === undefined) known.set(context, (index = indexOf(context)));
      return index;
    },
  };
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
