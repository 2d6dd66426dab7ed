import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../domain/watched-lines.ts";
import { createObserver, type Observer, type SavedObserver } from "./observe.ts";
import { joined } from "./pieces.ts";
import { toolAt } from "./teach.ts";
import { awaitCall, note, STATE, state } from "./walker.ts";

/** Where a line is. */
export interface Place {
  line: number;
  /** Bytes. */
  offset: number;
  length: number;
}

/**
 * What the decoder hands to the outcomes' side of the reading. Either it is looked at now, parsed, or only the places are noted:
 * a first reading of gigabytes for the sake of a sum need not wait for it.
 */
export interface Watch {
  needsTool: (name: string) => boolean;
  needsAttachment: (type: string) => boolean;
  /** A parsed entry; `calls` are the tool calls in it, whose results will matter. */
  entry(entry: object, place: Place, calls: readonly string[]): void;
  /** A call of a tool that only counts. */
  light(at: number, name: string): void;
  /** Takes over places out of the walker's table. */
  keep(noted: Float64Array): void;
  take(): { events: string; observer: string; watched?: WatchedLines };
}

/** How lines are watched: now, on from an earlier state, or later; `later-on` when earlier lines of the file wait too. */
export type WatchMode = { now: SavedObserver | undefined } | "later" | "later-on";

export function createWatch(mode: WatchMode): Watch {
  if (typeof mode === "object")
    return watchNow(createObserver(mode.now), Object.keys(mode.now?.pending ?? {}));
  state[STATE.later] = mode === "later" ? 1 : 2;
  return watchLater(createObserver());
}

function watchNow(observer: Observer, pending: readonly string[]): Watch {
  for (const id of pending) awaitCall(id);
  return {
    needsTool: observer.wantsTool,
    needsAttachment: observer.wantsAttachment,
    entry(entry, { line }, calls) {
      observer.entry(entry, line);
      for (const id of calls) if (observer.wantsResult(id)) awaitCall(id);
    },
    light: (at, name) => observer.toolUse(at, name),
    keep: () => {},
    take: () => ({
      events: JSON.stringify(observer.takeEvents()),
      observer: JSON.stringify(observer.state()),
    }),
  };
}

function watchLater({ wantsTool, wantsAttachment }: Observer): Watch {
  const kept: Float64Array[] = [];
  return {
    needsTool: wantsTool,
    needsAttachment: wantsAttachment,
    entry(_entry, { offset, length }, calls) {
      for (const id of calls) awaitCall(id);
      note(WATCHED.entry, offset, length);
    },
    light: () => {},
    keep: (noted) => void kept.push(noted),
    take() {
      const rows = joined(kept);
      return { events: "[]", observer: "", watched: { rows, tools: nameTools(rows) } };
    },
  };
}

/** Points the calls in `rows` to a list of their own tools, and returns that. */
function nameTools(rows: Float64Array): string[] {
  const places = new Map<number, number>();
  for (let start = 0; start < rows.length; start += WATCHED_WIDTH) {
    if (rows[start] !== WATCHED.light) continue;
    const tool = rows[start + WATCHED_WIDTH - 1] as number;
    const place = places.get(tool) ?? places.size;
    places.set(tool, place);
    rows[start + WATCHED_WIDTH - 1] = place;
  }
  return [...places.keys()].map(toolAt);
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
