/**
 * Walks over the lines of a transcript and says what those are that are like one met before (src/transcripts/walker.ts has the
 * other side). AssemblyScript: nothing is allocated, every address is a place in the memory that both sides share.
 */

import { find, findByte, isSame, numberIn, timeIn } from "./bytes";

/** One record a line: 64-bit floats, for counts and times need more than 32 bits. */
const RECORD_BYTES: usize = 24 * 8;
const MOST_RECORDS: i32 = 256;

// Slots of a record.
const IS: usize = 0;
const START: usize = 1;
const END: usize = 2;
const BEHIND: usize = 3;
const HEAD: usize = 4;
const TAIL: usize = 5;
const FLAGS: usize = 6;
const AT: usize = 7;
/** Where texts begin and end, two slots each: the id, the stop reason, the id and the name of a tool call. */
const TEXTS: usize = 8;
const COUNTS: usize = 16;

const ANSWER: u32 = 1;

const ENDS_IN_ANSWER: u32 = 1;
const SHORT_ERROR: u32 = 2;
const HOLDS_ANOTHER: u32 = 4;
const SAME_ANSWER: u32 = 8;
const NO_TOOL: u32 = 16;
const TOOL: u32 = 32;

/** Failures and denials are short: their result is one message, and not a file or a page of output. */
const LONGEST_ERROR: usize = 3000;
const TAIL_BYTES: usize = 1800;

// Roles of a gap, from the side that learns them: below COUNT_ROLE a text, above the count of that number, else passed over.
const TIME_ROLE: u32 = 9;
const COUNT_ROLE: u32 = 16;
const DIGIT: u32 = 1;

const CLASSES = memory.data(256);
/** How many heads are known, and where they are. */
export const heads = memory.data(4 * 16);
export const records = memory.data(256 * 24 * 8, 16);
/** From here on memory is the other side's: shapes, and the bytes to walk over. */
export const free = __heap_base;
const lastId = memory.data(256);
let lastIdLength: usize = 0;

const CLOSING = memory.data<u8>([93, 44, 34, 115, 116, 111, 112, 95, 114, 101, 97, 115, 111, 110, 34, 58]); // ],"stop_reason":
const IS_ERROR = memory.data<u8>([34, 105, 115, 95, 101, 114, 114, 111, 114, 34, 58, 116, 114, 117, 101]); // "is_error":true
const MESSAGE = memory.data<u8>([34, 109, 101, 115, 115, 97, 103, 101, 34, 58, 123]); // "message":{
const BLOCK = memory.data<u8>([123, 34, 116, 121, 112, 101, 34, 58, 34]); // {"type":"
const TOOL_USE = memory.data<u8>([116, 111, 111, 108, 95, 117, 115, 101, 34, 44, 34, 105, 100, 34, 58, 34]); // tool_use","id":"
const NAME = memory.data<u8>([34, 44, 34, 110, 97, 109, 101, 34, 58, 34]); // ","name":"

const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

/** Before each file: what was learned from another is of no use. */
export function start(): void {
  store<u32>(heads, 0);
  lastIdLength = 0;
  for (let byte: i32 = 0; byte < 256; byte++) store<u8>(CLASSES + byte, classOf(byte));
}

function classOf(byte: i32): u8 {
  if (byte >= 0x30 && byte <= 0x39) return 3;
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x7a && byte >= 0x41) return 2;
  return byte == 0x5f || byte == 0x2d || byte == 0x2e || byte == 0x3a ? 2 : 0;
}

/**
 * Makes records of the lines from `at` on, and ends at the first one that is not known, or whose closing part is not, or when
 * there is no room for more. `searched` is how far there is no line break. Returns how many.
 */
export function walk(from: usize, searched: usize, filled: usize): i32 {
  let at = from;
  let count: i32 = 0;
  let search = searched;
  while (count < MOST_RECORDS) {
    const end = findByte(NEWLINE, search, filled);
    if (end == filled) break;
    const record = records + <usize>count * RECORD_BYTES;
    const last = end > at && load<u8>(end - 1) == RETURN ? end - 1 : end;
    set(record, START, <f64>at);
    set(record, END, <f64>last);
    count++;
    if (!describe(record, at, last)) break;
    at = search = end + 1;
  }
  return count;
}

/** Fills in the rest of a record; false when the other side has to look at the line. */
function describe(record: usize, start: usize, end: usize): bool {
  const count = load<u32>(heads);
  for (let index: u32 = 0; index < count; index++) {
    const place = heads + 4 + 4 * <usize>index;
    const head = <usize>load<u32>(place);
    const behind = matchFrom(head + 8, start, end, record);
    if (behind == 0) continue;
    if (index > 0) swap(place);
    const is = load<u32>(head);
    set(record, IS, <f64>is);
    set(record, HEAD, <f64>head);
    set(record, BEHIND, <f64>behind);
    if (is == ANSWER) return describeAnswer(record, head, behind, end);
    const tail = end - start > TAIL_BYTES ? end - TAIL_BYTES : start;
    let flags: u32 = find(CLOSING, 16, tail, end) < end ? ENDS_IN_ANSWER : 0;
    if (end - start <= LONGEST_ERROR && find(IS_ERROR, 15, behind, end) < end) flags |= SHORT_ERROR;
    set(record, FLAGS, <f64>flags);
    return true;
  }
  set(record, IS, 0);
  return false;
}

function describeAnswer(record: usize, head: usize, behind: usize, end: usize): bool {
  let flags = describeTool(record, behind, end);
  const id = <usize>get(record, TEXTS);
  const length = <usize>get(record, TEXTS + 1) - id;
  if (length == lastIdLength && isSame(id, lastId, length)) flags |= SAME_ANSWER;
  else {
    if (find(MESSAGE, 11, behind, end) < end) flags |= HOLDS_ANOTHER;
    lastIdLength = length <= 256 ? length : 0;
    memory.copy(lastId, id, lastIdLength);
  }
  set(record, FLAGS, <f64>flags);
  set(record, TAIL, 0);
  memory.fill(record + 8 * COUNTS, 0, 8 * 8);
  memory.fill(record + 8 * (TEXTS + 2), 0, 2 * 8);
  const list = head + 8 + <usize>load<u32>(head + 4);
  const count = load<u32>(list);
  for (let index: u32 = 0; index < count; index++) {
    const place = list + 4 + 4 * <usize>index;
    const tail = <usize>load<u32>(place);
    if (!matchUpTo(tail, behind, end, record)) continue;
    if (index > 0) swap(place);
    set(record, TAIL, <f64>tail);
    return true;
  }
  return false;
}

/** The first block of the content: a tool call, or something that is certainly none. */
function describeTool(record: usize, behind: usize, end: usize): u32 {
  if (behind + 64 > end || !isSame(behind, BLOCK, 9)) return 0;
  if (!isSame(behind + 9, TOOL_USE, 16)) return isSame(behind + 9, TOOL_USE, 9) ? 0 : NO_TOOL;
  const id = behind + 25;
  const idEnd = passOver(id, end, 2, 200);
  if (idEnd + 10 > end || !isSame(idEnd, NAME, 10)) return 0;
  const name = idEnd + 10;
  const nameEnd = passOver(name, end, 2, 200);
  if (nameEnd == end || load<u8>(nameEnd) != 0x22) return 0;
  set(record, TEXTS + 4, <f64>id);
  set(record, TEXTS + 5, <f64>idEnd);
  set(record, TEXTS + 6, <f64>name);
  set(record, TEXTS + 7, <f64>nameEnd);
  return TOOL;
}

// A shape: how many gaps, then by turns a literal (its length, its bytes) and a gap (its filling, the most bytes that it takes,
// its role, the length of its prefix, that in eight bytes), from the side from which it is matched.

/** Where the shape ends that begins at `start`; 0 where the bytes are not of that shape. */
function matchFrom(shape: usize, start: usize, end: usize, record: usize): usize {
  let at = start;
  let step = shape + 4;
  for (let gaps = load<u32>(shape); gaps > 0; gaps--) {
    const length = <usize>load<u32>(step);
    if (at + length > end || !isSame(at, step + 4, length)) return 0;
    step += 4 + length;
    const begin = at + length;
    at = passOver(begin, end, load<u32>(step), <usize>load<u32>(step + 4));
    if (!take(record, step, begin, at)) return 0;
    step += GAP_BYTES;
  }
  const length = <usize>load<u32>(step);
  return at + length <= end && isSame(at, step + 4, length) ? at + length : 0;
}

/** The same from the end of the line backwards. */
function matchUpTo(shape: usize, start: usize, end: usize, record: usize): bool {
  let at = end;
  let step = shape + 4;
  for (let gaps = load<u32>(shape); gaps > 0; gaps--) {
    const length = <usize>load<u32>(step);
    if (at < start + length || !isSame(at - length, step + 4, length)) return false;
    step += 4 + length;
    const stop = at - length;
    at = passBack(stop, start, load<u32>(step), <usize>load<u32>(step + 4));
    if (!take(record, step, at, stop)) return false;
    step += GAP_BYTES;
  }
  const length = <usize>load<u32>(step);
  return at >= start + length && isSame(at - length, step + 4, length);
}

const GAP_BYTES: usize = 24;

/** Puts what stands in a gap where its role says. */
function take(record: usize, gap: usize, begin: usize, end: usize): bool {
  const prefix = <usize>load<u32>(gap + 12);
  if (end - begin < prefix || !isSame(begin, gap + 16, prefix)) return false;
  const role = load<u32>(gap + 8);
  if (role >= COUNT_ROLE) set(record, <usize>role, numberIn(begin, end));
  else if (role == TIME_ROLE) set(record, AT, timeIn(begin, end));
  else if (role < 8) {
    set(record, TEXTS + <usize>role, <f64>begin);
    set(record, TEXTS + <usize>role + 1, <f64>end);
  }
  return true;
}

function passOver(from: usize, end: usize, filling: u32, most: usize): usize {
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

/** What is often met comes forward in time. */
function swap(place: usize): void {
  const own = load<u32>(place);
  store<u32>(place, load<u32>(place - 4));
  store<u32>(place - 4, own);
}

function set(record: usize, slot: usize, value: f64): void {
  store<f64>(record + 8 * slot, value);
}

function get(record: usize, slot: usize): f64 {
  return load<f64>(record + 8 * slot);
}
