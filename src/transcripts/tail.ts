import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type Fields, isFields } from "./fields.ts";

/** Number of bytes at the end of a file to read, first and at most. */
const TAIL_BYTES = [1 << 18, 1 << 22] as const;

/**
 * Searches the end of a transcript: `find` gets its entries, the last first. Returns what `find` returns; undefined when it finds nothing
 * or the file cannot be read. More of the file is read when the first part is not enough.
 */
export function searchTail<T>(
  path: string,
  find: (entries: Iterable<Fields>) => T | undefined,
): T | undefined {
  for (const most of TAIL_BYTES) {
    const tail = readTail(path, most);
    if (tail === undefined) return undefined;
    const found = find(entriesOf(tail.lines));
    if (found !== undefined || tail.isWhole) return found;
  }
  return undefined;
}

function readTail(path: string, most: number): { lines: string[]; isWhole: boolean } | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return undefined; // not there yet, or not readable
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

function* entriesOf(lines: readonly string[]): Generator<Fields> {
  for (let index = lines.length - 1; index >= 0; index--) {
    const entry = parse(lines[index] ?? "");
    if (entry) yield entry;
  }
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
