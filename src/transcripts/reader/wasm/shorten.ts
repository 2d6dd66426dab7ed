// Makes a very long line short enough to keep in memory, by cutting the middle of its long strings.

import { BACKSLASH, findByte, QUOTE } from "./bytes";

/** Bytes of a string that stay. Fields and keys are far shorter. */
const KEPT_BYTES: usize = 65536;
/** `\u0041` */
const LONGEST_ESCAPE: usize = 6;

/**
 * Shortens the strings of an unfinished line, and returns where it ends now. What stays is the same JSON with shorter strings, and
 * the rest of the line can be read behind it.
 */
export function shorten(from: usize, filled: usize): usize {
  let read = from;
  let write = from;
  while (read < filled) {
    const open = findByte(QUOTE, read, filled);
    const start = min(open + 1, filled);
    write = move(read, start, write);
    if (start == filled) break;
    const close = endOfText(start, filled);
    const isLong = close - start > KEPT_BYTES;
    write = move(start, isLong ? cutBefore(start + KEPT_BYTES, start) : close, write);
    // A backslash at the end escapes the first byte that is still to be read.
    if (isLong && close == filled && isEscaped(filled, start)) write = move(filled - 1, filled, write);
    read = close;
    if (close < filled) {
      write = move(close, close + 1, write);
      read = close + 1;
    }
  }
  return write;
}

function move(from: usize, to: usize, at: usize): usize {
  memory.copy(at, from, to - from);
  return at + to - from;
}

/** Returns the address of the quote that ends a string; `filled` if it was not read yet. */
function endOfText(from: usize, filled: usize): usize {
  let at = findByte(QUOTE, from, filled);
  while (at < filled && isEscaped(at, from)) at = findByte(QUOTE, at + 1, filled);
  return at;
}

/** Returns whether an odd number of backslashes is before a byte. */
function isEscaped(at: usize, from: usize): bool {
  let before = at;
  while (before > from && load<u8>(before - 1) == BACKSLASH) before--;
  return ((at - before) & 1) == 1;
}

/** Returns an address near another one that is not inside an escape. */
function cutBefore(at: usize, from: usize): usize {
  for (let place = at; place + LONGEST_ESCAPE > at && place > from; place--) {
    if (!isEscaped(place, from)) continue;
    const escape = place - 1;
    return escape + (load<u8>(place) == 0x75 ? LONGEST_ESCAPE : 2) > at ? escape : at;
  }
  return at;
}
