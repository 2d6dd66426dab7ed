import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../domain/watched-lines.ts";
import { createObserver, type Observer, type SavedObserver } from "./observe.ts";
import { awaitCall } from "./walker.ts";
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
