/**
 * Known shapes of lines, and matching bytes against them (src/transcripts/walker.ts writes them). A shape is how many gaps it
 * has, then by turns a literal (its length, its bytes) and a gap (its filling, the most bytes that it takes, its role, the length of
 * its prefix, that in eight bytes), from the side from which it is matched.
 */

import { isSame, numberAt, numberIn, putNumber, timeIn } from "./bytes";

/** What the line looked at is. */
export const record = memory.data(24 * 8, 16);
// Its slots.
export const START: usize = 0;
export const END: usize = 1;
export const BEHIND: usize = 2;
export const HEAD: usize = 3;
export const TAIL: usize = 4;
export const TIME: usize = 5;
/** Where texts begin and end, two slots each: the id, the stop reason, the id and the name of a tool call. */
export const ID: usize = 6;
export const STOP: usize = 8;
export const TOOL_ID: usize = 10;
export const TOOL_NAME: usize = 12;
export const COUNTS: usize = 16;

// Roles of a gap, from the side that learns them: below TIME_ROLE a text, from COUNTS on the count of that number.
const TIME_ROLE: u32 = 9;
const PASSED_ROLE: u32 = 8;

/** The filling of a gap that takes one text alone: what all lines have there for now, its number in the place of the most bytes. */
const COMMON: u32 = 0;
const GAP_BYTES: usize = 24;

const CLASSES = memory.data(256);
/** Texts that many lines have in common: the length and the bytes of each. */
export const commons = memory.data(8 * 516, 4);
const COMMON_BYTES: usize = 516;

/** Lists of shapes begin with how many there are. */
export const heads = memory.data(4 * 65);

/** Once. */
export function startShapes(): void {
  for (let byte: i32 = 0; byte < 256; byte++) store<u8>(CLASSES + byte, classOf(byte));
  for (let index: usize = 0; index < 8; index++) store<i32>(commons + index * COMMON_BYTES, -1);
}

function classOf(byte: i32): u8 {
  if (byte >= 0x30 && byte <= 0x39) return 3;
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x7a && byte >= 0x41) return 2;
  return byte == 0x5f || byte == 0x2d || byte == 0x2e || byte == 0x3a ? 2 : 0;
}

export function slot(index: usize): f64 {
  return numberAt(record, index);
}

export function place(index: usize): usize {
  return <usize>slot(index);
}

export function setSlot(index: usize, value: f64): void {
  putNumber(record, index, value);
}

/** Finds how a line begins; 0 where that is not known. */
export function findHead(start: usize, end: usize): usize {
  const count = load<u32>(heads);
  for (let index: u32 = 0; index < count; index++) {
    const at = heads + 4 + 4 * <usize>index;
    const head = <usize>load<u32>(at);
    const behind = matchFrom(head + 8, start, end);
    if (behind == 0) continue;
    bringForward(heads + 4, index);
    setSlot(HEAD, <f64>head);
    setSlot(BEHIND, <f64>behind);
    return head;
  }
  return 0;
}

/** Finds how an answer with that head ends; 0 where that is not known. */
export function findTail(head: usize, behind: usize, end: usize): usize {
  const list = head + 8 + <usize>load<u32>(head + 4);
  const count = load<u32>(list);
  for (let index: u32 = 0; index < count; index++) {
    const tail = <usize>load<u32>(list + 4 + 4 * <usize>index);
    memory.fill(record + 8 * COUNTS, 0, 8 * 8);
    memory.fill(record + 8 * STOP, 0, 2 * 8);
    if (!matchUpTo(tail + TAIL_HEADER, behind, end)) continue;
    bringForward(list + 4, index);
    setSlot(TAIL, <f64>tail);
    return tail;
  }
  setSlot(TAIL, 0);
  return 0;
}

/** Before the shape of a tail: its generation, whether it tells cache writes apart, and the contexts by stop reason. */
export const TAIL_HEADER: usize = 8 + 4 * 16;

/** Where the shape ends that begins at `start`; 0 where the bytes are not of that shape. */
function matchFrom(shape: usize, start: usize, end: usize): usize {
  let at = start;
  let step = shape + 4;
  for (let gaps = load<u32>(shape); gaps > 0; gaps--) {
    const length = <usize>load<u32>(step);
    if (at + length > end || !isSame(at, step + 4, length)) return 0;
    step += 4 + length;
    const begin = at + length;
    if (load<u32>(step) == COMMON) {
      const common = commons + <usize>load<u32>(step + 4) * COMMON_BYTES;
      at = begin + <usize>load<u32>(common);
      if (at > end || !isSame(begin, common + 4, at - begin)) return 0;
    } else {
      at = passOver(begin, end, load<u32>(step), <usize>load<u32>(step + 4));
      if (!take(step, begin, at)) return 0;
    }
    step += GAP_BYTES;
  }
  const length = <usize>load<u32>(step);
  return at + length <= end && isSame(at, step + 4, length) ? at + length : 0;
}

/** The same from the end of the line backwards. */
function matchUpTo(shape: usize, start: usize, end: usize): bool {
  let at = end;
  let step = shape + 4;
  for (let gaps = load<u32>(shape); gaps > 0; gaps--) {
    const length = <usize>load<u32>(step);
    if (at < start + length || !isSame(at - length, step + 4, length)) return false;
    step += 4 + length;
    const stop = at - length;
    if (load<u32>(step) == COMMON) {
      const common = commons + <usize>load<u32>(step + 4) * COMMON_BYTES;
      const size = <usize>load<u32>(common);
      if (stop < start + size) return false;
      at = stop - size;
      if (!isSame(at, common + 4, size)) return false;
    } else {
      at = passBack(stop, start, load<u32>(step), <usize>load<u32>(step + 4));
      if (!take(step, at, stop)) return false;
    }
    step += GAP_BYTES;
  }
  const length = <usize>load<u32>(step);
  return at >= start + length && isSame(at - length, step + 4, length);
}

/** Puts what stands in a gap where its role says. */
function take(gap: usize, begin: usize, end: usize): bool {
  const prefix = <usize>load<u32>(gap + 12);
  if (end - begin < prefix || !isSame(begin, gap + 16, prefix)) return false;
  const role = load<u32>(gap + 8);
  if (role >= <u32>COUNTS) setSlot(<usize>role, numberIn(begin, end));
  else if (role == TIME_ROLE) setSlot(TIME, timeIn(begin, end));
  else if (role < PASSED_ROLE) {
    setSlot(ID + <usize>role, <f64>begin);
    setSlot(ID + <usize>role + 1, <f64>end);
  }
  return true;
}

export function passOver(from: usize, end: usize, filling: u32, most: usize): usize {
  const limit = from + most < end ? from + most : end;
  let at = from;
  while (at < limit && (load<u8>(CLASSES + load<u8>(at)) & filling) != 0) at++;
  return at;
}

function passBack(from: usize, start: usize, filling: u32, most: usize): usize {
  const limit = from > start + most ? from - most : start;
  let at = from;
  while (at > limit && (load<u8>(CLASSES + load<u8>(at - 1)) & filling) != 0) at--;
  return at;
}

/** What was met last is looked for first. */
function bringForward(list: usize, index: u32): void {
  if (index == 0) return;
  const own = load<u32>(list + 4 * <usize>index);
  memory.copy(list + 4, list, 4 * <usize>index);
  store<u32>(list, own);
}
