import { readSync } from "node:fs";

/**
 * Called for each line: the bytes `start` to `end` of `bytes` without the line break, which do not outlive the call; the
 * line's number from 1, and where in the file it begins.
 */
export type OnLine = (bytes: Buffer, start: number, end: number, line: number, offset: number) => void;

/** How far a file was read. */
export interface ReadTo {
  /** Bytes. */
  offset: number;
  /** Lines, blank ones included. */
  line: number;
  /** The last line read has no line break yet; when that comes it starts no line of its own. */
  unterminated: boolean;
}

const NEWLINE = 10;
const RETURN = 13;
const CHUNK = 1 << 20;

let buffer = Buffer.allocUnsafe(2 * CHUNK);

/**
 * Reads the lines of an open file from `from` up to `size` bytes. Splits on `\n` alone, for other separators may stand
 * inside JSON strings. A last line without a line break is offered to `isWhole`: a whole one is read, a torn one is left
 * for the next time. One buffer serves all files and grows to the longest line.
 */
export function readLines(
  fd: number,
  from: ReadTo,
  size: number,
  onLine: OnLine,
  isWhole: (bytes: Buffer, start: number, end: number) => boolean,
): ReadTo {
  let { offset, line, unterminated } = from;
  let kept = 0; // bytes of an unfinished line at the start of the buffer
  while (offset + kept < size) {
    if (buffer.length - kept < CHUNK) grow(kept);
    const read = readSync(fd, buffer, kept, Math.min(CHUNK, size - offset - kept), offset + kept);
    if (read === 0) break; // it shrank while being read
    const filled = kept + read;
    let start = 0;
    for (
      let end = buffer.indexOf(NEWLINE, kept);
      end !== -1 && end < filled;
      end = buffer.indexOf(NEWLINE, start)
    ) {
      const isBreakOfLast = unterminated && end - start <= 1;
      unterminated = false;
      const last = end > start && buffer[end - 1] === RETURN ? end - 1 : end;
      if (!isBreakOfLast) onLine(buffer, start, last, ++line, offset + start);
      start = end + 1;
    }
    offset += start;
    kept = filled - start;
    if (start > 0 && kept > 0) buffer.copyWithin(0, start, filled);
  }
  if (kept > 0 && isWhole(buffer, 0, kept)) {
    onLine(buffer, 0, kept, ++line, offset);
    return { offset: offset + kept, line, unterminated: true };
  }
  return { offset, line, unterminated };
}

function grow(kept: number): void {
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, kept + 2 * CHUNK));
  buffer.copy(larger, 0, 0, kept);
  buffer = larger;
}
