// Takes requests out of entries: answers, and the echoes of a sub-agent's answers in progress entries.

import * as layout from "../layout";
import { BACKSLASH, COLON, get, increase, isSame, LINE_BREAK, set, timeIn, wholeNumber } from "./bytes";
import { findContext, isMeasured, numberContext, writeContext } from "./contexts";
import {
  startOf,
  endOf,
  has,
  hasBills,
  hasEscape,
  isNull,
  isObject,
  isText,
  numberOf,
  put,
  startsWith,
} from "./fields";
import { writtenBytes } from "./written";

/** The last row, as long as the next line may belong to it, or 0. */
let lastRow: usize = 0;
let lastKey: usize = 0;
let lastKeyLength: usize = 0;

/** Empties the tables, after TypeScript took what was there. */
export function emptyTables(): void {
  set(layout.STATE_ROWS, 0);
  set(layout.STATE_KEYS, 0);
  lastRow = 0;
}

/** Takes the request of a progress entry. Only those of type `agent_progress` have one. */
export function takeEcho(): i32 {
  if (hasEscape(layout.FIELD_DATA_TYPE) || hasEscape(layout.FIELD_TYPE + layout.ECHO))
    return layout.ASK_PARSE;
  if (numberOf(layout.AS_DATA_TYPE, layout.FIELD_DATA_TYPE) != layout.DATA_AGENT_PROGRESS)
    return layout.ASK_NOTHING;
  if (!isObject(layout.FIELD_MESSAGE + layout.ECHO) || !isObject(layout.FIELD_USAGE))
    return layout.ASK_NOTHING;
  const type = numberOf(layout.AS_ENTRY_TYPE, layout.FIELD_TYPE + layout.ECHO) % layout.ENTRY_EVENTS;
  if (type != layout.ENTRY_ANSWER) return layout.ASK_NOTHING;
  // The repeated entry says everything better, apart from whose it is.
  for (let field: usize = 1; field < <usize>layout.END_CONTEXT_FIELDS; field++)
    if (has(field + layout.ECHO)) copyField(field + layout.ECHO, field);
  copyField(layout.FIELD_DATA_AGENT_ID, layout.FIELD_AGENT_ID);
  put(layout.FIELD_AGENT_TYPE, 0, 0);
  set(
    layout.STATE_AT,
    isText(layout.FIELD_TIMESTAMP)
      ? timeIn(startOf(layout.FIELD_TIMESTAMP), endOf(layout.FIELD_TIMESTAMP))
      : NaN,
  );
  return takeRequest(true);
}

function copyField(from: usize, to: usize): void {
  put(to, startOf(from), endOf(from));
}

/** Takes the request of an answer. */
export function takeAnswer(): i32 {
  if (!isObject(layout.FIELD_MESSAGE)) return layout.ASK_PARSE;
  if (isSynthetic() && !has(layout.FIELD_STREAM_CUT)) return layout.ASK_NOTHING;
  return isObject(layout.FIELD_USAGE) ? takeRequest(false) : layout.ASK_PARSE;
}

/** Returns whether the client wrote the answer itself, and no model did. */
export function isSynthetic(): bool {
  return (
    isText(layout.FIELD_MODEL) &&
    endOf(layout.FIELD_MODEL) - startOf(layout.FIELD_MODEL) == 11 &&
    isSame(startOf(layout.FIELD_MODEL), SYNTHETIC, 11)
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
/** The reason for its end, as AS_STOP_REASON numbers it. */
let stop: f64 = 0;

function takeRequest(isEcho: bool): i32 {
  if (isSynthetic()) return isEcho ? layout.ASK_NOTHING : layout.ASK_PARSE;
  if (
    isNaN(get(layout.STATE_AT)) ||
    hasBills ||
    hasEscape(layout.FIELD_MODEL) ||
    !readCounts() ||
    !readStop()
  )
    return layout.ASK_PARSE;
  if (!writeKey()) return layout.ASK_PARSE;
  const context = findContext(isEcho);
  if (context < 0) return writeContext() ? layout.ASK_CONTEXT : layout.ASK_PARSE;
  addRow(context);
  return layout.ASK_NOTHING;
}

/** Adds the current request. Its context has that number from now on, and `withLength` says whether the length of its answers is measured. */
export function addRequest(context: f64, withLength: bool): void {
  numberContext(context, withLength);
  addRow(context);
}

/** Reads the counts; false if one of them is not a plain whole number. */
function readCounts(): bool {
  if (!has(layout.FIELD_INPUT) || !has(layout.FIELD_OUTPUT)) return false;
  if (isNull(layout.FIELD_INPUT) || isNull(layout.FIELD_OUTPUT)) return false;
  input = countIn(layout.FIELD_INPUT);
  output = countIn(layout.FIELD_OUTPUT);
  thinking = countIn(layout.FIELD_THINKING);
  cacheWrite1h = countIn(layout.FIELD_CACHE_1H);
  cacheRead = countIn(layout.FIELD_CACHE_READ);
  webSearches = countIn(layout.FIELD_WEB_SEARCHES);
  const written = countIn(layout.FIELD_CACHE_WRITE);
  cacheWrite5m = countIn(layout.FIELD_CACHE_5M);
  if (input < 0 || output < 0 || thinking < 0 || written < 0 || cacheWrite5m < 0) return false;
  if (cacheWrite1h < 0 || cacheRead < 0 || webSearches < 0) return false;
  if (written > 0) cacheWrite5m = max(0, written - cacheWrite1h);
  return true;
}

/** Reads the reason for the end of the answer; false if it has no number. A value that is not a string counts as absent. */
function readStop(): bool {
  stop = <f64>numberOf(layout.AS_STOP_REASON, layout.FIELD_STOP_REASON);
  return stop > 0 || !hasText(layout.FIELD_STOP_REASON);
}

const MOST_DIGITS = 15;

/** Returns a count: 0 if it is absent or null, -1 if it is not a plain whole number. */
function countIn(field: usize): f64 {
  if (!has(field) || isNull(field)) return 0;
  const from = startOf(field);
  const to = endOf(field);
  if (isText(field) || to - from > <usize>MOST_DIGITS) return -1;
  for (let at = from; at < to; at++) if (<u8>(load<u8>(at) - 48) > 9) return -1;
  return wholeNumber(from, to);
}

/**
 * Writes the key of the current request behind the keys in the table, where it stays if the request starts a row (keyOf in request.ts).
 * Returns false if it is too long, has other characters than visible ASCII, or is not that of one answer alone.
 */
function writeKey(): bool {
  if (hasEscape(layout.FIELD_REQUEST_ID) || hasEscape(layout.FIELD_REQUEST_REF)) return false;
  keyLength = 0;
  const key = layout.KEYS + <usize>get(layout.STATE_KEYS);
  if (hasText(layout.FIELD_REQUEST_REF)) {
    store<u32>(key, REF);
    keyLength = 4;
    return appendText(layout.FIELD_REQUEST_REF);
  }
  if (startsWith(layout.FIELD_ID, 4, MSG) && startsWith(layout.FIELD_REQUEST_ID, 4, REQ))
    return appendText(layout.FIELD_ID);
  // Which lines are one answer does not show on one of them.
  if (!isUnique(layout.FIELD_ID) && !isUnique(layout.FIELD_REQUEST_ID)) return false;
  if (!hasText(layout.FIELD_REQUEST_ID) || !appendText(layout.FIELD_ID)) return false;
  store<u8>(key + keyLength++, COLON);
  return appendText(layout.FIELD_REQUEST_ID) && keyLength <= <usize>layout.LONGEST_KEY;
}

function isUnique(field: usize): bool {
  return isText(field) && endOf(field) - startOf(field) >= <usize>layout.UNIQUE_LENGTH;
}

function hasText(field: usize): bool {
  return isText(field) && startOf(field) != endOf(field);
}

const MSG: u64 = 0x5f67736d; // msg_
const REQ: u64 = 0x5f716572; // req_
const REF: u32 = 0x3a666572; // ref:
let keyLength: usize = 0;

function appendText(field: usize): bool {
  if (!isText(field)) return true; // as if it were empty
  const from = startOf(field);
  const length = endOf(field) - from;
  if (keyLength + length > <usize>layout.LONGEST_KEY) return false;
  for (let at = from; at < from + length; at++) {
    const byte = load<u8>(at);
    if (byte <= 0x20 || byte >= 0x7f || byte == BACKSLASH) return false;
  }
  memory.copy(layout.KEYS + <usize>get(layout.STATE_KEYS) + keyLength, from, length);
  keyLength += length;
  return true;
}

/** The line with the most output speaks for its request, the last one on a tie. */
function addRow(context: f64): void {
  const key = layout.KEYS + <usize>get(layout.STATE_KEYS);
  if (lastRow == 0 || keyLength != lastKeyLength || !isSame(key, lastKey, keyLength)) startRow(key);
  if (isMeasured) addTo(lastRow + 8 * layout.COLUMN_WRITTEN, <f64>writtenBytes());
  if (output < load<f64>(lastRow + 8 * layout.COLUMN_OUTPUT)) return;
  store<f64>(lastRow + 8 * layout.COLUMN_CONTEXT, context);
  store<f64>(lastRow + 8 * layout.COLUMN_INPUT, input);
  store<f64>(lastRow + 8 * layout.COLUMN_OUTPUT, output);
  store<f64>(lastRow + 8 * layout.COLUMN_THINKING, thinking);
  store<f64>(lastRow + 8 * layout.COLUMN_CACHE_WRITE_5M, cacheWrite5m);
  store<f64>(lastRow + 8 * layout.COLUMN_CACHE_WRITE_1H, cacheWrite1h);
  store<f64>(lastRow + 8 * layout.COLUMN_CACHE_READ, cacheRead);
  store<f64>(lastRow + 8 * layout.COLUMN_WEB_SEARCHES, webSearches);
  store<f64>(lastRow + 8 * layout.COLUMN_STOP, stop);
}

function addTo(place: usize, more: f64): void {
  store<f64>(place, load<f64>(place) + more);
}

function startRow(key: usize): void {
  lastKey = key;
  lastKeyLength = keyLength;
  store<u8>(key + keyLength, LINE_BREAK);
  set(layout.STATE_KEYS, get(layout.STATE_KEYS) + <f64>(keyLength + 1));
  lastRow = layout.ROWS + <usize>get(layout.STATE_ROWS) * layout.ROW_BYTES;
  increase(layout.STATE_ROWS);
  store<f64>(lastRow + 8 * layout.COLUMN_AT, get(layout.STATE_AT));
  store<f64>(lastRow + 8 * layout.COLUMN_LINE, get(layout.STATE_LINE));
  store<f64>(lastRow + 8 * layout.COLUMN_OUTPUT, -1);
  store<f64>(lastRow + 8 * layout.COLUMN_WRITTEN, 0);
}
