// Sizes of content in characters, as JavaScript counts them. The walk has been over everything here, so it is valid.

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  findByte,
  isSame,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from "./bytes";
import { endOfString, equal, escapeCodes, joined, skipColon, skipSpace, skipValue } from "./json";

/** Returns how many characters a string between two quotes has once its escapes are read: two for one beyond the first 65,536. */
export function textLength(begin: usize, end: usize): u32 {
  let length: u32 = 0;
  let carry: u64 = 0; // 1 if the first byte of the block is escaped
  for (let at = begin; at < end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const inside: u64 = end - at >= 64 ? <u64>-1 : ((<u64>1) << (<u64>(end - at))) - 1;
    length += count(joined(isFirst(a), isFirst(b), isFirst(c), isFirst(d)) & inside);
    if (v128.any_true(v128.or(v128.or(isLong(a), isLong(b)), v128.or(isLong(c), isLong(d)))))
      length += count(joined(isLong(a), isLong(b), isLong(c), isLong(d)) & inside);
    const backslashes = joined(
      equal(a, BACKSLASH),
      equal(b, BACKSLASH),
      equal(c, BACKSLASH),
      equal(d, BACKSLASH),
    );
    if (backslashes == 0 && carry == 0) continue;
    const codes = escapeCodes(backslashes & ~carry);
    const escaped = (codes ^ (backslashes | carry)) & inside;
    carry = (codes & backslashes) >> 63;
    const byCode =
      escaped & joined(equal(a, LETTER_U), equal(b, LETTER_U), equal(c, LETTER_U), equal(d, LETTER_U));
    length -= count(escaped) + 4 * count(byCode);
  }
  return length;
}

const LETTER_U: u8 = 0x75;

function count(bits: u64): u32 {
  return <u32>popcnt(bits);
}

/** Marks bytes that begin a character. */
function isFirst(bytes: v128): v128 {
  return i8x16.gt_s(bytes, i8x16.splat(-65));
}

/** Marks bytes that begin a character of four bytes: 0xf0 to 0xf4. */
function isLong(bytes: v128): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(<i8>0xf0)), i8x16.splat(4));
}

const DEEPEST: u32 = 8;
/** Quotes, colon and comma around a field. */
const FIELD_FRAME = 6;

/** Position of `sizeAt`. */
let place: usize = 0;
/** The names in the objects around it: begin and end of each. */
const NAMES_SEEN = memory.data(2048);
const MOST_NAMES: u32 = 256;
let seen: u32 = 0;
/** Whether each name comes once in its object, as far as that was looked at. */
let isPlain: bool = true;

/**
 * Returns about how many characters a value has as JSON, as `inputSize` of blocks/sizes.ts counts them; -1 if JSON.parse has to look at
 * it: a name comes twice in one object, has an escape, or there are very many.
 */
export function inputSize(from: usize): i32 {
  place = from;
  seen = 0;
  isPlain = true;
  const size = sizeAt(0);
  return isPlain ? <i32>size : -1;
}

/** Notes a name of an object whose first name is number `first`. */
function noteName(first: u32, begin: usize, end: usize): void {
  if (seen == MOST_NAMES || findByte(BACKSLASH, begin, end) < end) isPlain = false;
  if (!isPlain) return;
  for (let index = first; index < seen; index++) {
    const earlier = <usize>load<u32>(NAMES_SEEN + 8 * index);
    const length = <usize>load<u32>(NAMES_SEEN + 8 * index + 4) - earlier;
    if (length == end - begin && isSame(earlier, begin, length)) isPlain = false;
  }
  store<u32>(NAMES_SEEN + 8 * seen, <u32>begin);
  store<u32>(NAMES_SEEN + 8 * seen++ + 4, <u32>end);
}

/** Returns the size of the value at `place`, and moves behind it. */
function sizeAt(depth: u32): u32 {
  const from = place;
  const byte = load<u8>(from);
  if (byte == QUOTE) {
    const end = endOfString(from + 1);
    place = end + 1;
    return textLength(from + 1, end);
  }
  const isObject = byte == OPEN_BRACE;
  if ((isObject || byte == OPEN_BRACKET) && depth < DEEPEST) return sizeOfEach(isObject, depth);
  place = skipValue(from);
  return isObject || byte == OPEN_BRACKET || byte == LETTER_N ? 0 : 4;
}

const LETTER_N: u8 = 0x6e;

/** Items of a list count like fields with a number for a name. */
function sizeOfEach(isObject: bool, depth: u32): u32 {
  const closing = isObject ? CLOSE_BRACE : CLOSE_BRACKET;
  const first = seen;
  let size: u32 = 2;
  place = skipSpace(place + 1);
  for (let index: u32 = 0; load<u8>(place) != closing; index++) {
    size += FIELD_FRAME;
    if (isObject) {
      const end = endOfString(place + 1);
      noteName(first, place + 1, end);
      size += textLength(place + 1, end);
      place = skipColon(end + 1);
    } else size += digits(index);
    size += sizeAt(depth + 1);
    place = skipSpace(place);
    if (load<u8>(place) == COMMA) place = skipSpace(place + 1);
  }
  place++;
  seen = first;
  return size;
}

function digits(number: u32): u32 {
  let count: u32 = 1;
  for (let left = number; left > 9; left /= 10) count++;
  return count;
}
