// Bytes: find them, compare them, and read numbers and times.

import { STATE } from "../layout";

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const OPEN_BRACKET: u8 = 0x5b;
export const CLOSE_BRACKET: u8 = 0x5d;
export const LINE_BREAK: u8 = 0x0a;
/** The first four bytes of these values. */
export const TRUE: u32 = 0x65757274;
export const NULL: u32 = 0x6c6c756e;

/** Returns a slot of STATE. */
export function get(slot: usize): f64 {
  return load<f64>(STATE + 8 * slot);
}

/** Writes a slot of STATE. */
export function set(slot: usize, value: f64): void {
  store<f64>(STATE + 8 * slot, value);
}

/** Adds 1 to a slot of STATE. */
export function increase(slot: usize): void {
  set(slot, get(slot) + 1);
}

/** Returns the address of a byte; `end` if it is not there. */
export function findByte(byte: u8, from: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  for (let at = from; at < end; at += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (hits == 0) continue;
    const hit = at + ctz(hits);
    return hit < end ? hit : end;
  }
  return end;
}

/** Returns whether two places hold the same bytes. Compares the last ones first, because ids differ there. */
export function isSame(a: usize, b: usize, length: usize): bool {
  if (length < 8) return ((load<u64>(a) ^ load<u64>(b)) & maskOf(length)) == 0;
  for (let left = length; left > 8;) {
    left -= 8;
    if (load<u64>(a + left) != load<u64>(b + left)) return false;
  }
  return load<u64>(a) == load<u64>(b);
}

/** Returns a mask for the first bytes of eight. */
export function maskOf(bytes: usize): u64 {
  return bytes >= 8 ? <u64>-1 : ((<u64>1) << ((<u64>bytes) << 3)) - 1;
}

/** Reads decimal digits. */
export function wholeNumber(begin: usize, end: usize): f64 {
  let number: u64 = 0;
  for (let at = begin; at < end; at++) number = number * 10 + (load<u8>(at) - 48);
  return <f64>number;
}

/** Reads `2026-11-21T01:47:02.019Z` as ms since the epoch, as Date.parse does. Returns NaN for any other form. */
export function timeIn(begin: usize, end: usize): f64 {
  if (end - begin != 24 || !hasTimeForm(begin)) return NaN;
  const year = <i32>wholeNumber(begin, begin + 4);
  const month = <i32>wholeNumber(begin + 5, begin + 7);
  const day = <i32>wholeNumber(begin + 8, begin + 10);
  const hour = wholeNumber(begin + 11, begin + 13);
  const minute = wholeNumber(begin + 14, begin + 16);
  const second = wholeNumber(begin + 17, begin + 19);
  if (month < 1 || month > 12 || day < 1 || day > 31) return NaN;
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  const days = <f64>daysBefore(year, month, day);
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + wholeNumber(begin + 20, begin + 23);
}

/** Returns whether the bytes have the form `0000-00-00T00:00:00.000Z`, with any digits. */
function hasTimeForm(begin: usize): bool {
  const DIGITS = i8x16(-1, -1, -1, -1, 0, -1, -1, 0, -1, -1, 0, -1, -1, 0, -1, -1);
  const MARKS = i8x16(0, 0, 0, 0, 0x2d, 0, 0, 0x2d, 0, 0, 0x54, 0, 0, 0x3a, 0, 0);
  const LAST_DIGITS = i8x16(0, -1, -1, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const LAST_MARKS = i8x16(0x3a, 0, 0, 0x2e, 0, 0, 0, 0x5a, 0, 0, 0, 0, 0, 0, 0, 0);
  const last = v128.load64_zero(begin + 16);
  return hasForm(v128.load(begin), DIGITS, MARKS) && hasForm(last, LAST_DIGITS, LAST_MARKS);
}

function hasForm(bytes: v128, digits: v128, marks: v128): bool {
  const isDigit = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(9));
  return i8x16.all_true(v128.or(v128.and(isDigit, digits), v128.andnot(i8x16.eq(bytes, marks), digits)));
}

/** Days since the epoch (Howard Hinnant, chrono-compatible low-level date algorithms, days_from_civil). */
function daysBefore(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}
