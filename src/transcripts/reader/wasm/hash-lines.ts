// Hashes of a text and of its lines, as `hashLines` of observe/hash.ts computes them. The walk has been over the text, so its escapes are valid.

import { HASH_SLOTS, HASHES, HASHES_LINES, HASHES_SAID } from "../layout";
import { BACKSLASH } from "./bytes";
import { textLength } from "./sizes";

const START: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;
const SPACE: u32 = 0x20;
const LINE_BREAK: u32 = 0x0a;
/** Shorter lines say nothing. */
const FEWEST_UNITS: u32 = 3;
/** Not a character: the text is not valid UTF-8. */
const INVALID: u32 = 0xffffffff;

/** Address behind the character that `charAt` returned. */
let next: usize = 0;
/** Hash of the text so far. */
let text: u32 = 0;
let said: u32 = 0;

/**
 * Hashes the string between two quotes, and writes what it finds to HASHES. Returns how many of its lines say something: only HASH_SLOTS of
 * them are written. Returns -1 if the text is not valid UTF-8.
 */
export function hashLines(begin: usize, end: usize): i32 {
  text = step(START, textLength(begin, end));
  said = 0;
  let lines: u32 = 1;
  let at = takeLine(begin, end);
  for (; at <= end; lines++) at = takeLine(at, end);
  store<u32>(HASHES, text);
  store<u32>(HASHES_LINES, lines);
  return at == <usize>INVALID ? -1 : <i32>said;
}

/** Takes the line at `from`. Returns the address of the next one: beyond `end` behind the last, and INVALID if it is not valid. */
function takeLine(from: usize, end: usize): usize {
  let at = from;
  let behind = from; // address behind the last character that is not a space, or behind the spaces in front of the first
  let line = START;
  let units: u32 = 0;
  let hash = START; // the same with the spaces since then
  let length: u32 = 0;
  let isLast = true;
  while (at < end) {
    // Most characters are one byte each and stand between the first and the last that are not spaces.
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte > 0x7f || byte == BACKSLASH || byte < SPACE || (byte == SPACE && length == 0)) break;
      hash = step(hash, byte);
      length++;
      if (byte == SPACE) continue;
      line = hash;
      units = length;
      behind = at + 1;
    }
    if (at == end) break;
    const char = charAt(at);
    if (char == INVALID) return <usize>INVALID;
    at = next;
    if (char == LINE_BREAK) {
      isLast = false;
      break;
    }
    if (char <= SPACE && length == 0) text = step(text, char);
    else {
      hash = stepChar(hash, char);
      length += char < 0x10000 ? 1 : 2;
      if (char <= SPACE) continue;
      line = hash;
      units = length;
    }
    behind = at;
  }
  if (units >= FEWEST_UNITS) noteLine(line);
  text = step(text, line);
  takeSpaces(behind, end);
  return isLast ? end + 1 : at;
}

function noteLine(line: u32): void {
  if (said < <u32>HASH_SLOTS) store<u32>(HASHES_SAID + 4 * <usize>said, line);
  said++;
}

/** Takes the spaces at the end of a line. */
function takeSpaces(from: usize, end: usize): void {
  for (let at = from; at < end; at = next) {
    const char = charAt(at);
    if (char == LINE_BREAK) return;
    text = step(text, char);
  }
}

function step(hash: u32, value: u32): u32 {
  return (hash ^ value) * PRIME;
}

/** Adds a character as JavaScript has it: as two units if it is beyond the first 65,536. */
function stepChar(hash: u32, char: u32): u32 {
  if (char < 0x10000) return step(hash, char);
  const rest = char - 0x10000;
  return step(step(hash, 0xd800 | (rest >> 10)), 0xdc00 | (rest & 0x3ff));
}

function charAt(at: usize): u32 {
  const byte = load<u8>(at);
  if (byte == BACKSLASH) return escapedAt(at + 1);
  if (byte > 0x7f) return longCharAt(at);
  next = at + 1;
  return byte;
}

/** Returns the character that an escape stands for; `at` is behind the backslash. */
function escapedAt(at: usize): u32 {
  const byte = load<u8>(at);
  next = at + 1;
  if (byte == 0x6e) return LINE_BREAK;
  if (byte == 0x74) return 0x09;
  if (byte == 0x72) return 0x0d;
  if (byte == 0x62) return 0x08;
  if (byte == 0x66) return 0x0c;
  if (byte != 0x75) return byte;
  next = at + 5;
  let unit: u32 = 0;
  for (let place = at + 1; place < at + 5; place++) unit = (unit << 4) | hexDigit(load<u8>(place));
  return unit;
}

function hexDigit(byte: u32): u32 {
  return byte < 0x3a ? byte - 0x30 : (byte | 0x20) - 0x57;
}

/** Reads a character of two to four bytes. */
function longCharAt(at: usize): u32 {
  const first = <u32>load<u8>(at);
  if (first < 0xc2 || first > 0xf4) return INVALID;
  const bytes: u32 = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let char = first & (0x7f >> bytes);
  for (let index: u32 = 1; index < bytes; index++) {
    const byte = <u32>load<u8>(at + index);
    if ((byte & 0xc0) != 0x80) return INVALID;
    char = (char << 6) | (byte & 0x3f);
  }
  if (bytes == 3 && (char < 0x800 || (char & 0xf800) == 0xd800)) return INVALID;
  if (bytes == 4 && (char < 0x10000 || char > 0x10ffff)) return INVALID;
  next = at + bytes;
  return char;
}
