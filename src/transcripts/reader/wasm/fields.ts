// Finds fields by their names wherever they are in a line: a walk over the keys of the objects that TypeScript named, past everything else.

import {
  BLOCK_CALL,
  BLOCK_RESULT,
  BLOCK_TEXT,
  BLOCK_THINKING,
  AS_BLOCK_TYPE,
  FIELD_BLOCK_NAME,
  FIELD_BLOCK_TYPE,
  FIELD_CALL_NAME,
  END_BLOCK_FIELDS,
  FIELD_ITERATION_TYPE,
  FIELD_SLOTS,
  FIRST_BLOCK_FIELD,
  FIELDS,
  IN_BLOCK,
  IN_ENTRY,
  LONGEST_NAME,
  NAME_BYTES,
  NAME_HEADER_BYTES,
  NAME_SLOTS,
  NAMES,
  NOWHERE,
} from "../layout";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  BACKSLASH,
  COMMA,
  findByte,
  isSame,
  maskOf,
  NULL,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  TRUE,
} from "./bytes";
import { endOfKey, endOfString, skipColon, skipSpace, skipValue } from "./json";

// The header of a name in the table. Its first four bytes, read as one number, say where it counts and how long it is: 0 for a free slot.
const NUMBER = 4;
const INTO = 5;
const EACH = 6;

function headerOf(place: u32, length: usize): u32 {
  return (place << 8) | <u32>length;
}

/** Adds a name to look for: the text at `at`, which counts in `place`. `into` and `each`: the objects that its value is or holds. */
export function addName(place: u32, at: usize, length: usize, number: u32, into: u32, each: u32): void {
  let slot = hashName(place, at, length);
  while (load<u32>(nameAt(slot)) != 0) slot = (slot + 1) % NAME_SLOTS;
  const name = nameAt(slot);
  store<u32>(name, headerOf(place, length));
  store<u8>(name + NUMBER, <u8>number);
  store<u8>(name + INTO, <u8>into);
  store<u8>(name + EACH, <u8>each);
  memory.copy(name + NAME_HEADER_BYTES, at, length);
}

function nameAt(slot: u32): usize {
  return NAMES + <usize>slot * NAME_BYTES;
}

/** Returns the address of a name in the table; 0 if it is not there. */
function findName(place: u32, at: usize, length: usize): usize {
  if (length > <usize>LONGEST_NAME) return 0;
  const wanted = headerOf(place, length);
  let slot = hashName(place, at, length);
  while (true) {
    const name = nameAt(slot);
    const header = load<u32>(name);
    if (header == 0) return 0;
    if (header == wanted && isSame(name + NAME_HEADER_BYTES, at, length)) return name;
    slot = (slot + 1) % NAME_SLOTS;
  }
}

function hashName(place: u32, at: usize, length: usize): u32 {
  const first = load<u64>(at) & maskOf(length);
  const last = length > 8 ? load<u64>(at + length - 8) : 0;
  return <u32>(((first ^ (last << 1) ^ ((<u64>length) << 56) ^ <u64>place) * 0x9e3779b97f4a7c15) >> 55); // 9 bits: NAME_SLOTS
}

/** Returns the number that a place gives to the text of a field; 0 if it is not a string or has none. */
export function numberOf(place: u32, field: usize): u32 {
  if (!isText(field)) return 0;
  const name = findName(place, startOf(field), endOf(field) - startOf(field));
  return name == 0 ? 0 : load<u8>(name + NUMBER);
}

export function startOf(field: usize): usize {
  return load<u32>(FIELDS + 8 * field);
}

export function endOf(field: usize): usize {
  return load<u32>(FIELDS + 8 * field + 4);
}

export function has(field: usize): bool {
  return startOf(field) != 0;
}

export function put(field: usize, from: usize, to: usize): void {
  store<u32>(FIELDS + 8 * field, <u32>from);
  store<u32>(FIELDS + 8 * field + 4, <u32>to);
}

/** Texts begin behind their quote, all other values with their first byte. */
export function isText(field: usize): bool {
  return has(field) && load<u8>(startOf(field) - 1) == QUOTE;
}

/** Returns whether a text begins with some bytes, at most eight, in little-endian order. */
export function startsWith(field: usize, length: usize, text: u64): bool {
  return (
    isText(field) &&
    endOf(field) - startOf(field) >= length &&
    (load<u64>(startOf(field)) & maskOf(length)) == text
  );
}

export function isObject(field: usize): bool {
  return has(field) && load<u8>(startOf(field)) == OPEN_BRACE;
}

export function isTrue(field: usize): bool {
  return has(field) && load<u32>(startOf(field)) == TRUE && !isText(field);
}

export function isNull(field: usize): bool {
  return load<u32>(startOf(field)) == NULL && !isText(field);
}

export function hasEscape(field: usize): bool {
  return findByte(BACKSLASH, startOf(field), endOf(field)) < endOf(field);
}

/** Kinds of blocks in the content of a message. */
export let blocks: u32 = 0;
export let calls: u32 = 0;
export let results: u32 = 0;
/** Blocks that are not text, thinking, a call or a result. */
export let others: u32 = 0;
/** The last of them, as AS_BLOCK_TYPE numbers it. */
export let lastBlock: u32 = 0;
/** Whether an iteration is not a plain message. */
export let hasBills: bool = false;

/** Whether the blocks of messages are looked at. */
let hasBlocks: bool = false;

/** Finds the fields of an entry whose brace is at `from`. Returns the address behind it; 0 if JSON.parse has to look at it. */
export function findFields(from: usize, withBlocks: bool): usize {
  for (let at: usize = FIELDS; at < <usize>FIELDS + 8 * FIELD_SLOTS; at += 16) v128.store(at, i8x16.splat(0));
  blocks = calls = results = others = 0;
  hasBills = false;
  hasBlocks = withBlocks;
  return walkObject(IN_ENTRY, from);
}

function walkObject(place: u32, from: usize): usize {
  let at = skipSpace(from + 1);
  if (load<u8>(at) == CLOSE_BRACE) return at + 1;
  while (true) {
    if (load<u8>(at) != QUOTE) return 0;
    const key = at + 1;
    const keyEnd = endOfKey(key);
    if (keyEnd == 0) return 0;
    at = skipColon(keyEnd + 1);
    if (at == 0) return 0;
    const name = findName(place, key, keyEnd - key);
    at = name == 0 ? skipValue(at) : takeValue(name, at);
    if (at == 0) return 0;
    at = skipSpace(at);
    const byte = load<u8>(at);
    if (byte == CLOSE_BRACE) return at + 1;
    if (byte != COMMA) return 0;
    at = skipSpace(at + 1);
  }
}

/** Notes where the value of a field is. A field that comes twice is for JSON.parse, which takes the last one. */
function takeValue(name: usize, from: usize): usize {
  const field = <usize>load<u8>(name + NUMBER);
  if (has(field)) return 0;
  const byte = load<u8>(from);
  const into = load<u8>(name + INTO);
  const each = load<u8>(name + EACH);
  if (byte == QUOTE) {
    const to = endOfString(from + 1);
    if (to == 0) return 0;
    put(field, from + 1, to);
    return to + 1;
  }
  let to: usize;
  if (byte == OPEN_BRACE && into != NOWHERE) to = walkObject(into, from);
  else if (byte == OPEN_BRACKET && each != NOWHERE && (each != IN_BLOCK || hasBlocks))
    to = walkArray(each, from);
  else to = skipValue(from);
  if (to == 0) return 0;
  put(field, from, to);
  return to;
}

function walkArray(place: u32, from: usize): usize {
  let at = skipSpace(from + 1);
  if (load<u8>(at) == CLOSE_BRACKET) return at + 1;
  while (true) {
    const isElement = load<u8>(at) == OPEN_BRACE;
    at = isElement ? takeElement(place, at) : skipValue(at);
    if (at == 0) return 0;
    if (!isElement && place == IN_BLOCK) (blocks++, others++);
    at = skipSpace(at);
    const byte = load<u8>(at);
    if (byte == CLOSE_BRACKET) return at + 1;
    if (byte != COMMA) return 0;
    at = skipSpace(at + 1);
  }
}

function takeElement(place: u32, from: usize): usize {
  return place == IN_BLOCK ? takeBlock(from) : takeIteration(place, from);
}

function takeIteration(place: u32, from: usize): usize {
  put(FIELD_ITERATION_TYPE, 0, 0);
  const to = walkObject(place, from);
  // An iteration without a type is a message.
  if (has(FIELD_ITERATION_TYPE) && !isNull(FIELD_ITERATION_TYPE) && !isMessage(FIELD_ITERATION_TYPE))
    hasBills = true;
  return to;
}

function isMessage(field: usize): bool {
  return (
    isText(field) && endOf(field) - startOf(field) == 7 && load<u64>(startOf(field)) == 0x226567617373656d
  ); // message"
}

function takeBlock(from: usize): usize {
  for (let field: usize = FIRST_BLOCK_FIELD; field < <usize>END_BLOCK_FIELDS; field++) put(field, 0, 0);
  const to = walkObject(IN_BLOCK, from);
  blocks++;
  const type = numberOf(AS_BLOCK_TYPE, FIELD_BLOCK_TYPE);
  lastBlock = type;
  if (type == BLOCK_CALL) {
    calls++;
    put(FIELD_CALL_NAME, startOf(FIELD_BLOCK_NAME), endOf(FIELD_BLOCK_NAME));
  } else if (type == BLOCK_RESULT) results++;
  else if (type != BLOCK_TEXT && type != BLOCK_THINKING) others++;
  return to;
}
