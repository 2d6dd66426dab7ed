import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Usage } from "../domain/usage.ts";
import { type Fields, fieldsOf, isFields, textOf } from "./fields.ts";
import { parseRequest } from "./reader/request.ts";

/** The last request of a session's main thread. */
export interface LastUsage {
  /** As spelled in the transcript. */
  model: string;
  /** ms since the epoch, of its last entry. */
  at: number;
  usage: Usage;
  /** The latest write to the cache is kept for an hour, and not for five minutes. */
  isHourly: boolean;
}

/** How much of the end of a file is looked at, first and at most. */
const TAIL_BYTES = [1 << 18, 1 << 22] as const;

/**
 * Reads the last request out of the end of a transcript. Undefined if no request is found, if the context was compacted
 * after it, and where the file cannot be read.
 */
export function readLastUsage(path: string): LastUsage | undefined {
  for (const most of TAIL_BYTES) {
    const tail = readTail(path, most);
    if (tail === undefined) return undefined;
    const found = lastUsageIn(tail.lines);
    if (found !== undefined || tail.isWhole) return found ?? undefined;
  }
  return undefined;
}

function readTail(path: string, most: number): { lines: string[]; isWhole: boolean } | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // not there yet, or not readable: there is nothing to price
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, most));
    const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString("utf8", 0, read).split("\n");
    const isWhole = size <= most;
    return { lines: isWhole ? lines : lines.slice(1), isWhole };
  } finally {
    closeSync(fd);
  }
}

/** Undefined where more has to be read; null where it is known that no request counts. */
function lastUsageIn(lines: readonly string[]): LastUsage | undefined | null {
  let last: LastUsage | undefined;
  for (let index = lines.length - 1; index >= 0; index--) {
    const entry = parse(lines[index] ?? "");
    if (!entry || entry["isSidechain"] === true || entry["agentId"] !== undefined) continue;
    if (!last && (entry["isCompactSummary"] === true || entry["subtype"] === "compact_boundary")) return null;
    const found = usageOf(entry);
    if (!found) continue;
    const { cacheWrite5m, cacheWrite1h } = found.usage;
    last ??= found;
    if (cacheWrite5m + cacheWrite1h > 0) return { ...last, isHourly: cacheWrite1h > 0 };
  }
  return last;
}

function usageOf(entry: Fields): LastUsage | undefined {
  const message = fieldsOf(entry["message"]);
  const model = textOf(message["model"]);
  if (entry["type"] !== "assistant" || model === "<synthetic>" || !isFields(message["usage"]))
    return undefined;
  const request = parseRequest({ message, usage: message["usage"], entry }, 1);
  return request && { model, at: request.at, usage: request.usage, isHourly: true };
}

function parse(line: string): Fields | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    return isFields(entry) ? entry : undefined;
  } catch {
    return undefined; // a torn line
  }
}
