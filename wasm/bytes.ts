// Reading bytes: whole numbers, times, and where something stands.

export function numberIn(begin: usize, end: usize): f64 {
  let number: u64 = 0;
  for (let at = begin; at < end; at++) number = number * 10 + (load<u8>(at) - 48);
  return <f64>number;
}

/** `2026-11-21T01:47:02.019Z` in ms since the epoch; NaN for any other form. */
export function timeIn(begin: usize, end: usize): f64 {
  if (end - begin != 24 || !hasForm(begin)) return NaN;
  const year = <i32>numberIn(begin, begin + 4);
  const month = <i32>numberIn(begin + 5, begin + 7);
  const day = <i32>numberIn(begin + 8, begin + 10);
  const hour = numberIn(begin + 11, begin + 13);
  const minute = numberIn(begin + 14, begin + 16);
  const second = numberIn(begin + 17, begin + 19);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return NaN;
  const days = <f64>daysBefore(year, month, day);
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + numberIn(begin + 20, begin + 23);
}

const FORM = memory.data<u8>([
  48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48, 46, 48, 48, 48, 90,
]); // 0000-00-00T00:00:00.000Z

/** Whether there are digits where the form has them, and all else is as there. */
function hasForm(begin: usize): bool {
  for (let index: usize = 0; index < 24; index++) {
    const wanted = load<u8>(FORM + index);
    const byte = load<u8>(begin + index);
    if (wanted == 0x30 ? byte < 0x30 || byte > 0x39 : byte != wanted) return false;
  }
  return true;
}

/** Days since the epoch (Howard Hinnant, chrono-compatible low-level date algorithms, days_from_civil). */
function daysBefore(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** The end first: shapes mostly differ there. */
export function isSame(a: usize, b: usize, length: usize): bool {
  let left = length;
  while (left >= 8) {
    left -= 8;
    if (load<u64>(a + left) != load<u64>(b + left)) return false;
  }
  while (left > 0) {
    left--;
    if (load<u8>(a + left) != load<u8>(b + left)) return false;
  }
  return true;
}

export function findByte(byte: u8, from: usize, end: usize): usize {
  const wanted = i8x16.splat(byte);
  let at = from;
  for (; at + 16 <= end; at += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
    if (hits != 0) return at + ctz(hits);
  }
  for (; at < end; at++) if (load<u8>(at) == byte) return at;
  return end;
}

/** Where `needle` stands between two places; `end` where it does not. Looks for its first and its last byte at once. */
export function find(needle: usize, length: usize, from: usize, end: usize): usize {
  if (end - from < length) return end;
  const first = i8x16.splat(load<u8>(needle));
  const last = i8x16.splat(load<u8>(needle + length - 1));
  const stop = end - length + 1;
  let at = from;
  for (; at + 16 <= stop; at += 16) {
    let hits = i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), last)),
    );
    for (; hits != 0; hits &= hits - 1) if (isSame(at + ctz(hits), needle, length)) return at + ctz(hits);
  }
  for (; at < stop; at++) if (isSame(at, needle, length)) return at;
  return end;
}

/** FNV-1a in 64 bits; never 0. */
export function hash(from: usize, length: usize): u64 {
  let value: u64 = 0xcbf29ce484222325;
  for (let at = from; at < from + length; at++) value = (value ^ <u64>load<u8>(at)) * 0x100000001b3;
  return value | 1;
}
