import { closeSync, openSync, readSync } from "node:fs";

const TAIL_BYTES = 16_384;
const TIME = '"timestamp":"';

/** Returns the last time that stands near the end of a transcript, in ms since the epoch; NaN if none does. */
export function readLastTime({ path, size }: { path: string; size: number }): number {
  try {
    const fd = openSync(path, "r");
    try {
      const tail = Buffer.allocUnsafe(Math.min(TAIL_BYTES, size));
      const read = readSync(fd, tail, 0, tail.length, size - tail.length);
      return lastTimeIn(tail.toString("latin1", 0, read));
    } finally {
      closeSync(fd);
    }
  } catch {
    return Number.NaN; // the reader of the file reports why it cannot be read
  }
}

function lastTimeIn(text: string): number {
  const at = text.lastIndexOf(TIME);
  const start = at + TIME.length;
  return at < 0 ? Number.NaN : Date.parse(text.slice(start, text.indexOf('"', start)));
}
