import { readSync } from "node:fs";
import { bytes, linesAt, makeRoom, RECORD_WIDTH, records, SLOT, walk } from "./walker.ts";

/** Called for each line with its record in the walker, its number from 1, and where in the file it begins. */
export type OnLine = (record: number, line: number, offset: number) => void;

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

/**
 * Reads the lines of an open file from `from` up to `size` bytes. Splits on `\n` alone, for other separators may stand
 * inside JSON strings. A last line without a line break is offered to `isWhole`: a whole one is read, a torn one is left
 * for the next time. One memory serves all files and grows to the longest line.
 */
export function readLines(
  fd: number,
  from: ReadTo,
  size: number,
  onLine: OnLine,
  isWhole: (bytes: Buffer, start: number, end: number) => boolean,
): ReadTo {
  const to = { ...from };
  let kept = 0; // bytes of an unfinished line at the start of the memory
  while (to.offset + kept < size) {
    makeRoom(linesAt + kept + CHUNK + 1);
    const room = Math.min(CHUNK, size - to.offset - kept);
    const read = readSync(fd, bytes, linesAt + kept, room, to.offset + kept);
    if (read === 0) break; // it shrank while being read
    const filled = kept + read;
    const taken = takeLines(linesAt + kept, linesAt + filled, to, onLine) - linesAt;
    to.offset += taken;
    kept = filled - taken;
    if (taken > 0 && kept > 0) bytes.copyWithin(linesAt, linesAt + taken, linesAt + filled);
  }
  const end = linesAt + kept;
  if (kept > 0 && isWhole(bytes, linesAt, end)) {
    bytes[end] = NEWLINE;
    walk(linesAt, end, end + 1);
    onLine(0, ++to.line, to.offset);
    return { offset: to.offset + kept, line: to.line, unterminated: true };
  }
  return to;
}

/** Hands on the lines that end in the memory, and counts them in `to`; returns where the unfinished one begins. */
function takeLines(searched: number, filled: number, to: ReadTo, onLine: OnLine): number {
  let start = linesAt;
  for (let count = walk(start, searched, filled); count > 0; count = walk(start, start, filled))
    for (let record = 0; record < count * RECORD_WIDTH; record += RECORD_WIDTH) {
      const end = records[record + SLOT.end] as number;
      const isBreakOfLast = to.unterminated && end === start;
      to.unterminated = false;
      const offset = to.offset + start - linesAt;
      start = bytes[end] === RETURN ? end + 2 : end + 1;
      if (!isBreakOfLast) onLine(record, ++to.line, offset);
    }
  return start;
}
