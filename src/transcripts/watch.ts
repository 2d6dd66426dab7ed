import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../domain/watched-lines.ts";
import { createObserver, type Observer, type SavedObserver } from "./observe.ts";

/** Where a line is. */
export interface Place {
  line: number;
  /** Bytes. */
  offset: number;
  length: number;
}

/**
 * What the decoder hands to the outcomes' side of the reading. Either it is looked at now, parsed, or (`later`) only the
 * places are noted: a first reading of gigabytes for the sake of a sum need not wait for it.
 */
export interface Watch extends Pick<Observer, "wantsTool" | "wantsResult" | "wantsAttachment"> {
  readonly later: boolean;
  /** A parsed entry, or with `later` only its place; `calls` are the tool calls in it whose results will matter. */
  entry(entry: object | undefined, place: Place, calls?: readonly string[]): void;
  result(place: Place): void;
  light(line: number, at: number, name: string): void;
  take(): { events: string; observer: string; watched?: WatchedLines };
}

/** How lines are watched: now, on from an earlier state, or later; `later-on` when earlier lines of the file wait too. */
export type WatchMode = { now: SavedObserver | undefined } | "later" | "later-on";

export function createWatch(mode: WatchMode): Watch {
  return typeof mode === "object"
    ? watchNow(createObserver(mode.now))
    : watchLater(createObserver(), mode === "later-on");
}

function watchNow(observer: Observer): Watch {
  return {
    later: false,
    wantsTool: (name) => observer.wantsTool(name),
    wantsResult: (id) => observer.wantsResult(id),
    wantsAttachment: (type) => observer.wantsAttachment(type),
    entry(entry, { line }) {
      if (entry) observer.entry(entry, line);
    },
    result: () => {},
    light: (_line, at, name) => observer.toolUse(at, name),
    take: () => ({
      events: JSON.stringify(observer.takeEvents()),
      observer: JSON.stringify(observer.state()),
    }),
  };
}

/** `blind`: calls may have been noted before, so any result may be one that matters. */
function watchLater(observer: Observer, blind: boolean): Watch {
  const rows: number[] = [];
  const tools = new Map<string, number>();
  const awaited = new Set<string>();
  return {
    later: true,
    wantsTool: (name) => observer.wantsTool(name),
    wantsAttachment: (type) => observer.wantsAttachment(type),
    wantsResult: (id) => blind || awaited.has(id),
    entry(_entry, { line, offset, length }, calls = []) {
      for (const id of calls) awaited.add(id);
      rows.push(WATCHED.entry, line, offset, length);
    },
    result: ({ line, offset, length }) => void rows.push(WATCHED.result, line, offset, length),
    light(line, at, name) {
      let tool = tools.get(name);
      if (tool === undefined) tools.set(name, (tool = tools.size));
      rows.push(WATCHED.light, line, at, tool);
    },
    take: () => ({
      events: "[]",
      observer: "",
      watched: { rows: Float64Array.from(rows), tools: [...tools.keys()] },
    }),
  };
}

/**
 * Looks at the lines noted before, reading by reading, with the same result as if it had been done then. `read` gives a line
 * parsed.
 */
export function observeWatched(
  readings: readonly WatchedLines[],
  read: (offset: number, length: number) => object | undefined,
): { events: string; observer: string } {
  const observer = createObserver();
  for (const { rows, tools } of readings)
    for (let start = 0; start < rows.length; start += WATCHED_WIDTH) {
      const [kind, line = 0, first = 0, second = 0] = rows.subarray(start, start + WATCHED_WIDTH);
      if (kind === WATCHED.light) {
        observer.toolUse(first, tools[second] ?? "");
        continue;
      }
      if (kind === WATCHED.result && second > LONGEST_ERROR && !observer.wantsResults()) continue;
      const entry = read(first, second);
      if (entry && (kind === WATCHED.entry || matters(observer, entry, second))) observer.entry(entry, line);
    }
  return { events: JSON.stringify(observer.takeEvents()), observer: JSON.stringify(observer.state()) };
}

/** Failures and denials are short: their result is one message, and not a file or a page of output. */
const LONGEST_ERROR = 3000;

/** Whether a tool result is awaited, or is a short error, which always says something. */
function matters(observer: Observer, entry: object, length: number): boolean {
  const { message } = entry as { message?: { content?: unknown } };
  const blocks = Array.isArray(message?.content)
    ? (message.content as { tool_use_id?: string; is_error?: boolean }[])
    : [];
  return blocks.some(
    (block) =>
      (length <= LONGEST_ERROR && block.is_error === true) || observer.wantsResult(block.tool_use_id ?? ""),
  );
}
