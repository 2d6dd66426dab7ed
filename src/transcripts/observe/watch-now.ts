import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../../domain/watched-lines.ts";
import { parseLine } from "../decode.ts";
import { createObserver, type Observer, type SavedObserver } from "./observe.ts";
import { awaitCall } from "../walker.ts";
import type { Watch } from "./watch.ts";

/** Looks at the lines at once, on from an earlier state of the file that begins now. */
export function watchNow(from?: SavedObserver): Watch {
  const observer = createObserver(from);
  for (const id of Object.keys(from?.pending ?? {})) awaitCall(id);
  return {
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

/**
 * Looks at the lines noted before, reading by reading, with the same result as if it had been done then. `read` gives bytes of
 * the file.
 */
export function observeWatched(
  readings: readonly WatchedLines[],
  read: (offset: number, length: number) => Buffer,
): { events: string; observer: string } {
  const observer = createObserver();
  for (const { rows, tools } of readings)
    for (let start = 0; start < rows.length; start += WATCHED_WIDTH) {
      const [kind, line = 0, first = 0, second = 0] = rows.subarray(start, start + WATCHED_WIDTH);
      if (kind === WATCHED.light) {
        observer.toolUse(first, tools[second] ?? "");
        continue;
      }
      if (kind === WATCHED.result && second > LONGEST_ERROR && !isWanted(observer, read(first, HEAD_BYTES)))
        continue;
      const entry = parseLine(read(first, second), 0, second);
      if (entry && (kind === WATCHED.entry || matters(observer, entry, second))) observer.entry(entry, line);
    }
  return { events: JSON.stringify(observer.takeEvents()), observer: JSON.stringify(observer.state()) };
}

/** Failures and denials are short: their result is one message, and not a file or a page of output. */
const LONGEST_ERROR = 3000;
/** Enough for the id of a result. */
const HEAD_BYTES = 1024;
const RESULT_OF = /"tool_use_id":"([^"\\]+)"/;

/** Whether a result is of a call that is awaited, as far as its first bytes tell. */
function isWanted(observer: Observer, head: Buffer): boolean {
  const id = observer.wantsResults() ? RESULT_OF.exec(head.toString("latin1"))?.[1] : "";
  return id === undefined || observer.wantsResult(id);
}

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
