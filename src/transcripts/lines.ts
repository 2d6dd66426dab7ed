import { readSync } from "node:fs";
import { bytes, linesAt, makeRoom, STATE, state, ASK, type Ask, walk } from "./walker.ts";

/** Called where the walker asks for something (walker.ts, ASK). */
export type OnAsk = (ask: Ask) => void;

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
  onAsk: OnAsk,
  isWhole: (bytes: Buffer, start: number, end: number) => boolean,
): ReadTo {
  let { offset, unterminated } = from;
  state[STATE.line] = from.line;
  let kept = 0; // bytes of an unfinished line at the start of the memory
  while (offset + kept < size) {
    makeRoom(linesAt + kept + CHUNK + 1);
    const room = Math.min(CHUNK, size - offset - kept);
    const read = readSync(fd, bytes, linesAt + kept, room, offset + kept);
    if (read === 0) break; // it shrank while being read
    const filled = linesAt + kept + read;
    const start = unterminated ? behindBreak(filled) : linesAt;
    if (start > linesAt || bytes[linesAt] !== RETURN || filled > linesAt + 1) unterminated = false;
    state[STATE.base] = offset - linesAt;
    takeLines(start, Math.max(start, linesAt + kept), filled, onAsk);
    const taken = (state[STATE.next] as number) - linesAt;
    offset += taken;
    kept = filled - linesAt - taken;
    if (taken > 0 && kept > 0) bytes.copyWithin(linesAt, linesAt + taken, filled);
  }
  const end = linesAt + kept;
  if (kept > 0 && isWhole(bytes, linesAt, end)) {
    bytes[end] = NEWLINE;
    state[STATE.base] = offset - linesAt;
    takeLines(linesAt, end, end + 1, onAsk);
    return { offset: offset + kept, line: state[STATE.line] as number, unterminated: true };
  }
  return { offset, line: state[STATE.line] as number, unterminated };
}

/** Where the lines begin behind the line break of one that was read without it. */
function behindBreak(filled: number): number {
  const at = bytes[linesAt] === RETURN ? linesAt + 1 : linesAt;
  return at < filled && bytes[at] === NEWLINE ? at + 1 : linesAt;
}

/** Takes the lines that end in the memory. */
function takeLines(start: number, searched: number, filled: number, onAsk: OnAsk): void {
  for (let ask = walk(start, searched, filled); ask !== ASK.nothing;) {
    onAsk(ask);
    const next = state[STATE.next] as number;
    ask = walk(next, next, filled);
  }
}
