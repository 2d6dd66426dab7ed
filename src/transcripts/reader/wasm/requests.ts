// Takes requests out of entries: answers, and the echoes of a sub-agent's answers in progress entries.

import {
  AS_DATA_TYPE,
  AS_ENTRY_TYPE,
  ASK_CONTEXT,
  ASK_NOTHING,
  ASK_PARSE,
  CONTEXT_BYTES,
  CONTEXT_SLOTS,
  CONTEXT_TEXT,
  CONTEXT_TEXT_BYTES,
  CONTEXTS,
  ECHO,
  END_CONTEXT_FIELDS,
  END_HASHED_FIELDS,
  ENTRY_ANSWER,
  FIELD_AGENT_ID,
  FIELD_AGENT_TYPE,
  FIELD_CACHE_1H,
  FIELD_CACHE_5M,
  FIELD_CACHE_CREATION,
  FIELD_CACHE_READ,
  FIELD_CACHE_WRITE,
  FIELD_DATA_AGENT_ID,
  FIELD_DATA_TYPE,
  FIELD_FORKED_FROM,
  FIELD_ID,
  FIELD_INPUT,
  FIELD_MESSAGE,
  FIELD_MODEL,
  FIELD_OUTPUT,
  FIELD_REQUEST_ID,
  FIELD_SESSION,
  FIELD_STREAM_CUT,
  FIELD_THINKING,
  FIELD_TIMESTAMP,
  FIELD_TYPE,
  FIELD_USAGE,
  FIELD_UUID,
  FIELD_WEB_SEARCHES,
  FIRST_CONTEXT_FIELD,
  KEYS,
  LONGEST_KEY,
  ROW_BYTES,
  ROWS,
  STATE_AT,
  STATE_CONTEXT_TEXT,
  STATE_CONTEXTS,
  STATE_IS_ECHO,
  STATE_IS_FORKED,
  STATE_KEYS,
  STATE_LINE,
  STATE_ROWS,
} from "../layout";
import { BACKSLASH, CLOSE_BRACKET, COLON, COMMA, get, increase, isSame, maskOf, NULL, OPEN_BRACKET, set, timeIn, wholeNumber } from "./bytes";
import {
  begin,
  end,
  has,
  hasBills,
  hasEscape,
  isNull,
  isObject,
  isText,
  numberOf,
  put,
} from "./fields";

// Columns of a row: domain/file-scan.ts.
const AT = 0;
const LINE = 1;
const CONTEXT = 2;
const INPUT = 3;
const OUTPUT = 4;
const THINKING = 5;
const CACHE_WRITE_5M = 6;
const CACHE_WRITE_1H = 7;
const CACHE_READ = 8;
const WEB_SEARCHES = 9;
const COST = 10;

/** The last row, as long as the next line may belong to it: 0 if there is none. */
let lastRow: usize = 0;
let lastKey: usize = 0;
let lastKeyLength: usize = 0;
let contextHash: u64 = 0;
let lastContextHash: u64 = 0;
let lastContext: f64 = 0;

/** Before each file. */
export function forgetContexts(): void {
  set(STATE_CONTEXTS, 0);
  lastContextHash = 0;
}

/** The next line starts a row of its own. */
export function closeRow(): void {
  lastRow = 0;
}

/** Empties the tables, after TypeScript took what was there. */
export function emptyTables(): void {
  set(STATE_ROWS, 0);
  set(STATE_KEYS, 0);
  closeRow();
}

/** Takes the request of a progress entry. Only those of type `agent_progress` have one. */
export function takeEcho(): i32 {
  if (numberOf(AS_DATA_TYPE, FIELD_DATA_TYPE) == 0) return ASK_NOTHING;
  if (!isObject(FIELD_MESSAGE + ECHO) || !isObject(FIELD_USAGE)) return ASK_NOTHING;
  if (numberOf(AS_ENTRY_TYPE, FIELD_TYPE + ECHO) != ENTRY_ANSWER) return ASK_NOTHING;
  const session = begin(FIELD_SESSION);
  const sessionEnd = end(FIELD_SESSION);
  // What the repeated entry says about itself counts, apart from who it belongs to.
  for (let field: usize = 1; field < <usize>END_CONTEXT_FIELDS; field++)
    if (has(field + ECHO)) put(field, begin(field + ECHO), end(field + ECHO));
  put(FIELD_SESSION, session, sessionEnd);
  put(FIELD_AGENT_ID, begin(FIELD_DATA_AGENT_ID), end(FIELD_DATA_AGENT_ID));
  put(FIELD_AGENT_TYPE, 0, 0);
  set(STATE_AT, isText(FIELD_TIMESTAMP) ? timeIn(begin(FIELD_TIMESTAMP), end(FIELD_TIMESTAMP)) : NaN);
  return takeRequest(true);
}

/** Takes the request of an answer. */
export function takeAnswer(): i32 {
  if (!isObject(FIELD_MESSAGE)) return ASK_PARSE;
  if (isSynthetic() && !has(FIELD_STREAM_CUT)) return ASK_NOTHING;
  return isObject(FIELD_USAGE) ? takeRequest(false) : ASK_PARSE;
}

/** Whether the client wrote the answer itself, and no model did. */
export function isSynthetic(): bool {
  return (
    isText(FIELD_MODEL) &&
    end(FIELD_MODEL) - begin(FIELD_MODEL) == 11 &&
    isSame(begin(FIELD_MODEL), SYNTHETIC, 11)
  );
}

const SYNTHETIC = memory.data<u8>([60, 115, 121, 110, 116, 104, 101, 116, 105, 99, 62]); // <synthetic>

// Counts of the current request.
let input: f64 = 0;
let output: f64 = 0;
let thinking: f64 = 0;
let cacheWrite5m: f64 = 0;
let cacheWrite1h: f64 = 0;
let cacheRead: f64 = 0;
let webSearches: f64 = 0;

function takeRequest(isEcho: bool): i32 {
  if (isSynthetic()) return isEcho ? ASK_NOTHING : ASK_PARSE;
  if (isNaN(get(STATE_AT)) || hasBills || hasEscape(FIELD_MODEL) || !readCounts()) return ASK_PARSE;
  if (!writeKey()) return ASK_PARSE;
  set(STATE_IS_ECHO, f64(isEcho));
  set(STATE_IS_FORKED, f64(has(FIELD_FORKED_FROM)));
  contextHash = hashContext(isEcho);
  const context = findContext();
  if (context < 0) return writeContext() ? ASK_CONTEXT : ASK_PARSE;
  addRow(context);
  return ASK_NOTHING;
}

/** Adds the current request, whose context has that number from now on. */
export function addRequest(context: f64): void {
  if (<i32>get(STATE_CONTEXTS) == CONTEXT_SLOTS) set(STATE_CONTEXTS, 0);
  const slot = CONTEXTS + <usize>get(STATE_CONTEXTS) * CONTEXT_BYTES;
  store<u64>(slot, contextHash);
  store<f64>(slot + 8, context);
  increase(STATE_CONTEXTS);
  addRow(context);
}

/** Returns the number of the context of the current request; -1 if it has none yet. */
function findContext(): f64 {
  if (contextHash == lastContextHash) return lastContext;
  const stop: usize = CONTEXTS + <usize>get(STATE_CONTEXTS) * CONTEXT_BYTES;
  for (let slot: usize = CONTEXTS; slot < stop; slot += CONTEXT_BYTES)
    if (load<u64>(slot) == contextHash) return load<f64>(slot + 8);
  return -1;
}

/** Reads the counts; false if one of them is not a plain whole number. */
function readCounts(): bool {
  if (!has(FIELD_INPUT) || !has(FIELD_OUTPUT)) return false;
  if (isNull(FIELD_INPUT) || isNull(FIELD_OUTPUT)) return false;
  input = countIn(FIELD_INPUT);
  output = countIn(FIELD_OUTPUT);
  thinking = countIn(FIELD_THINKING);
  cacheWrite1h = countIn(FIELD_CACHE_1H);
  cacheRead = countIn(FIELD_CACHE_READ);
  webSearches = countIn(FIELD_WEB_SEARCHES);
  const written = countIn(FIELD_CACHE_WRITE);
  cacheWrite5m = countIn(FIELD_CACHE_5M);
  if (input < 0 || output < 0 || thinking < 0 || written < 0 || cacheWrite5m < 0) return false;
  if (cacheWrite1h < 0 || cacheRead < 0 || webSearches < 0) return false;
  if (!isObject(FIELD_CACHE_CREATION)) cacheWrite5m = written;
  else if (!has(FIELD_CACHE_5M) || isNull(FIELD_CACHE_5M)) cacheWrite5m = max(0, written - cacheWrite1h);
  return true;
}

const MOST_DIGITS = 15;

/** Returns a count: 0 if it is absent or null, -1 if it is not a plain whole number. */
function countIn(field: usize): f64 {
  if (!has(field) || isNull(field)) return 0;
  const from = begin(field);
  const to = end(field);
  if (isText(field) || to - from > <usize>MOST_DIGITS) return -1;
  for (let at = from; at < to; at++) if (<u8>(load<u8>(at) - 48) > 9) return -1;
  return wholeNumber(from, to);
}

/**
 * Writes the key of the current request behind the keys in the table, where it stays if the request starts a row: `msg_…`, or
 * `id:request id`, or the uuid. Returns false if it is too long, or has other characters than visible ASCII.
 */
function writeKey(): bool {
  if (hasEscape(FIELD_REQUEST_ID)) return false;
  keyLength = 0;
  if (!isText(FIELD_ID) || begin(FIELD_ID) == end(FIELD_ID)) return appendText(FIELD_UUID) && keyLength > 0;
  if (!appendText(FIELD_ID)) return false;
  if (load<u32>(begin(FIELD_ID)) == MSG && keyLength >= 4) return true;
  store<u8>(KEYS + <usize>get(STATE_KEYS) + keyLength++, COLON);
  return appendText(FIELD_REQUEST_ID) && keyLength <= <usize>LONGEST_KEY;
}

const MSG: u32 = 0x5f67736d; // msg_
const REQ: u32 = 0x5f716572; // req_
let keyLength: usize = 0;

function appendText(field: usize): bool {
  if (!isText(field)) return true; // as if it were empty
  const from = begin(field);
  const length = end(field) - from;
  if (keyLength + length > <usize>LONGEST_KEY) return false;
  for (let at = from; at < from + length; at++) {
    const byte = load<u8>(at);
    if (byte <= 0x20 || byte >= 0x7f || byte == BACKSLASH) return false;
  }
  memory.copy(KEYS + <usize>get(STATE_KEYS) + keyLength, from, length);
  keyLength += length;
  return true;
}

/** Writes the context of the current request as a JSON array of its fields. Returns false if there is no room for it. */
function writeContext(): bool {
  let at: usize = CONTEXT_TEXT;
  for (let field: usize = FIRST_CONTEXT_FIELD; field < <usize>END_CONTEXT_FIELDS; field++) {
    store<u8>(at++, field == FIRST_CONTEXT_FIELD ? OPEN_BRACKET : COMMA);
    const length = lengthOf(field);
    if (at + length + 5 > <usize>CONTEXT_TEXT + CONTEXT_TEXT_BYTES) return false;
    if (has(field)) memory.copy(at, begin(field) - usize(isText(field)), length);
    else store<u32>(at, NULL);
    at += length;
  }
  store<u8>(at++, CLOSE_BRACKET);
  set(STATE_CONTEXT_TEXT, <f64>(at - CONTEXT_TEXT));
  return true;
}

/** Returns the length of a value with its quotes. A field that the line does not have is null. */
function lengthOf(field: usize): usize {
  return has(field) ? end(field) - begin(field) + 2 * usize(isText(field)) : 4;
}

/** Hashes everything that goes into a context, as raw bytes: two spellings of one text are two hashes with one number. */
function hashContext(isEcho: bool): u64 {
  let hash: u64 = 0xcbf29ce484222325;
  for (let field: usize = FIRST_CONTEXT_FIELD; field < <usize>END_HASHED_FIELDS; field++) {
    const to = end(field);
    let at = begin(field);
    hash = (hash ^ ((<u64>(to - at)) << 1) ^ u64(isText(field))) * 0x9e3779b97f4a7c15;
    for (; at < to; at += 8) {
      hash = (hash ^ (load<u64>(at) & maskOf(to - at))) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 29;
    }
  }
  const isApi = load<u32>(begin(FIELD_ID)) == MSG && load<u8>(begin(FIELD_ID) + 4) == 0x30 && startsWithReq();
  const rest = u64(has(FIELD_FORKED_FROM)) | (u64(isApi) << 1) | (u64(isEcho) << 2);
  return ((hash ^ rest) * 0x9e3779b97f4a7c15) | 1;
}

function startsWithReq(): bool {
  return isText(FIELD_REQUEST_ID) && load<u32>(begin(FIELD_REQUEST_ID)) == REQ;
}

/** The line with the most output speaks for its request, the last one on a tie. */
function addRow(context: f64): void {
  lastContextHash = contextHash;
  lastContext = context;
  const key = KEYS + <usize>get(STATE_KEYS);
  if (lastRow == 0 || keyLength != lastKeyLength || !isSame(key, lastKey, keyLength)) startRow(key);
  if (output < load<f64>(lastRow + 8 * OUTPUT)) return;
  store<f64>(lastRow + 8 * CONTEXT, context);
  store<f64>(lastRow + 8 * INPUT, input);
  store<f64>(lastRow + 8 * OUTPUT, output);
  store<f64>(lastRow + 8 * THINKING, thinking);
  store<f64>(lastRow + 8 * CACHE_WRITE_5M, cacheWrite5m);
  store<f64>(lastRow + 8 * CACHE_WRITE_1H, cacheWrite1h);
  store<f64>(lastRow + 8 * CACHE_READ, cacheRead);
  store<f64>(lastRow + 8 * WEB_SEARCHES, webSearches);
}

function startRow(key: usize): void {
  lastKey = key;
  lastKeyLength = keyLength;
  store<u8>(key + keyLength, 10);
  set(STATE_KEYS, get(STATE_KEYS) + <f64>(keyLength + 1));
  lastRow = ROWS + <usize>get(STATE_ROWS) * ROW_BYTES;
  increase(STATE_ROWS);
  store<f64>(lastRow + 8 * AT, get(STATE_AT));
  store<f64>(lastRow + 8 * LINE, get(STATE_LINE));
  store<f64>(lastRow + 8 * OUTPUT, -1);
  store<f64>(lastRow + 8 * COST, NaN);
}
