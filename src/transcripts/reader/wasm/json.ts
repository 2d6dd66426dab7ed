// JSON: finds where values end, and accepts exactly what JSON.parse accepts, up to a depth of 63. Every line ends with a line break,
// which is not valid inside a value, so nothing here needs to know where the line ends.

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  NULL,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  TRUE,
} from "./bytes";

/** Returns the address of the next byte that is not a space, a tab or a carriage return. */
export function skipSpace(from: usize): usize {
  let at = from;
  while (true) {
    const byte = load<u8>(at);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x09 && byte != 0x0d)) return at;
    at++;
  }
}

const DEEPEST = 63;

/** Returns the address behind a value; 0 if it is not valid or too deep. */
export function skipValue(from: usize): usize {
  let at = from;
  let depth = 0;
  let objects: u64 = 0; // a bit for each open object or array, the innermost last: 1 for an object
  while (true) {
    const byte = load<u8>(at);
    if (byte == OPEN_BRACE || byte == OPEN_BRACKET) {
      if (++depth > DEEPEST) return 0;
      objects = (objects << 1) | u64(byte == OPEN_BRACE);
      at = skipSpace(at + 1);
      if (load<u8>(at) != closing(objects)) {
        if ((objects & 1) != 0) at = skipKey(at);
        if (at == 0) return 0;
        continue;
      }
    } else at = skipPlain(at);
    if (at == 0) return 0;
    for (; depth > 0; depth--, at++, objects >>= 1) {
      at = skipSpace(at);
      if (load<u8>(at) != closing(objects)) break;
    }
    if (depth == 0) return at;
    if (load<u8>(at) != COMMA) return 0;
    at = skipSpace(at + 1);
    if ((objects & 1) != 0) at = skipKey(at);
    if (at == 0) return 0;
  }
}

function closing(objects: u64): u8 {
  return (objects & 1) != 0 ? CLOSE_BRACE : CLOSE_BRACKET;
}

/** Returns the address of the value behind a key and a colon; 0 if they are not there. */
function skipKey(from: usize): usize {
  if (load<u8>(from) != QUOTE) return 0;
  const end = endOfString(from + 1);
  return end == 0 ? 0 : skipColon(end + 1);
}

/** Returns the address of the value behind a colon; 0 if there is no colon. */
export function skipColon(from: usize): usize {
  const at = skipSpace(from);
  return load<u8>(at) == COLON ? skipSpace(at + 1) : 0;
}

/** Returns the address behind a string, a number, `true`, `false` or `null`; 0 if it is something else. */
function skipPlain(from: usize): usize {
  const byte = load<u8>(from);
  if (byte == QUOTE) {
    const end = endOfString(from + 1);
    return end == 0 ? 0 : end + 1;
  }
  if (byte == 0x74) return load<u32>(from) == TRUE ? from + 4 : 0;
  if (byte == 0x66) return load<u32>(from + 1) == 0x65736c61 ? from + 5 : 0; // false
  if (byte == 0x6e) return load<u32>(from) == NULL ? from + 4 : 0;
  return skipNumber(from);
}

function skipNumber(from: usize): usize {
  let at = from + usize(load<u8>(from) == 0x2d);
  at = load<u8>(at) == 0x30 ? at + 1 : skipDigits(at);
  if (at != 0 && load<u8>(at) == 0x2e) at = skipDigits(at + 1);
  if (at != 0 && (load<u8>(at) | 0x20) == 0x65) {
    const sign = load<u8>(at + 1);
    at = skipDigits(at + 1 + usize(sign == 0x2b || sign == 0x2d));
  }
  return at;
}

/** Returns the address behind at least one digit, or 0. */
function skipDigits(from: usize): usize {
  let at = from;
  while (<u8>(load<u8>(at) - 48) <= 9) at++;
  return at == from ? 0 : at;
}

/** Returns the address of the quote that ends a key; 0 if the key is not valid or has an escape. */
export function endOfKey(from: usize): usize {
  for (let at = from; true; at += 16) {
    const hits = i8x16.bitmask(special(v128.load(at)));
    if (hits == 0) continue;
    const end = at + ctz(hits);
    return load<u8>(end) == QUOTE ? end : 0;
  }
}

/** Marks quotes, backslashes and control characters. */
function special(bytes: v128): v128 {
  return v128.or(v128.or(equal(bytes, QUOTE), equal(bytes, BACKSLASH)), control(bytes));
}

export function equal(bytes: v128, byte: u8): v128 {
  return i8x16.eq(bytes, i8x16.splat(byte));
}

function control(bytes: v128): v128 {
  return i8x16.le_u(bytes, i8x16.splat(0x1f));
}

/** Returns the address of the quote that ends a string; 0 if the string is not valid. `from` is behind the first quote. */
export function endOfString(from: usize): usize {
  let at = from;
  for (let tries = 0; tries < 4; tries++, at += 16) {
    const hits = i8x16.bitmask(special(v128.load(at)));
    if (hits == 0) continue;
    const end = at + ctz(hits);
    if (load<u8>(end) == QUOTE) return end;
    break;
  }
  return endOfLongString(at);
}

/**
 * The same in blocks of 64 bytes, with a bit for each byte: escapes are so frequent in code that stopping at each would take most of
 * the time. Langdale and Lemire describe how to find escaped bytes in "Parsing gigabytes of JSON per second" (2019).
 */
function endOfLongString(from: usize): usize {
  let at = from;
  let carry: u64 = 0; // 1 if the first byte of the block is escaped
  while (true) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const backslashes = joined(
      equal(a, BACKSLASH),
      equal(b, BACKSLASH),
      equal(c, BACKSLASH),
      equal(d, BACKSLASH),
    );
    const quotes = joined(equal(a, QUOTE), equal(b, QUOTE), equal(c, QUOTE), equal(d, QUOTE));
    let escaped = carry;
    carry = 0;
    if (backslashes != 0) {
      const codes = escapeCodes(backslashes & ~escaped);
      escaped = codes ^ (backslashes | escaped);
      carry = (codes & backslashes) >> 63;
    }
    const ends = quotes & ~escaped;
    const inside = ends != 0 ? (ends & -ends) - 1 : <u64>-1;
    const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
    if (
      v128.any_true(control(least)) &&
      (joined(control(a), control(b), control(c), control(d)) & inside) != 0
    )
      return 0;
    escaped &= inside;
    if (escaped != 0) {
      const rare =
        escaped & ~(quotes | joined(isEscapable(a), isEscapable(b), isEscapable(c), isEscapable(d)));
      if (rare != 0 && !areRareEscapes(rare, at)) return 0;
    }
    if (ends != 0) return at + <usize>ctz(ends);
    at += 64;
  }
}

/** For each run of backslashes: those that escape something, and the byte behind the run if that is escaped. */
export function escapeCodes(backslashes: u64): u64 {
  const ODD: u64 = 0xaaaaaaaaaaaaaaaa;
  return (((backslashes << 1) | ODD) - backslashes) ^ ODD;
}

/** One bit for each byte of 64. */
export function joined(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u64>(<u32>i8x16.bitmask(a) | ((<u32>i8x16.bitmask(b)) << 16));
  const high = <u64>(<u32>i8x16.bitmask(c) | ((<u32>i8x16.bitmask(d)) << 16));
  return low | (high << 32);
}

/** Marks `\\`, `/`, `f`, `n`, `r` and `t`: a table says for each second half of a byte which byte that must be. */
function isEscapable(bytes: v128): v128 {
  const WANTED = i8x16(0, 0, 0x72, 0, 0x74, 0, 0x66, 0, 0, 0, 0, 0, 0x5c, 0, 0x6e, 0x2f);
  return i8x16.eq(bytes, i8x16.swizzle(WANTED, v128.and(bytes, i8x16.splat(0x0f))));
}

/** Returns whether each escaped byte is a `b`, or a `u` before four hexadecimal digits. */
function areRareEscapes(escaped: u64, at: usize): bool {
  for (let left = escaped; left != 0; left &= left - 1) {
    const place = at + <usize>ctz(left);
    const byte = load<u8>(place);
    if (byte != 0x62 && (byte != 0x75 || !areHex(place + 1))) return false;
  }
  return true;
}

function areHex(from: usize): bool {
  for (let at = from; at < from + 4; at++) {
    const byte = load<u8>(at);
    if (<u8>(byte - 48) > 9 && <u8>((byte | 0x20) - 97) > 5) return false;
  }
  return true;
}
