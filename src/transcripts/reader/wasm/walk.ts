// Walks over the lines of a transcript, and takes requests out of them or finds what events need. src/transcripts/reader/reader.ts is
// the TypeScript side. Nothing is allocated: every address is a place in the memory that both sides share.

import {
  AS_DATA_TYPE,
  ASK_ATTACHMENT,
  ASK_CALL,
  ASK_CONTENT,
  ASK_ECHO,
  ASK_ECHO_RESULT,
  ASK_EMPTY,
  ASK_EVENTS,
  ASK_HOOK,
  ASK_NOTHING,
  ASK_OTHER,
  ASK_PARSE,
  ASK_RESULT,
  AS_ENTRY_TYPE,
  DATA_AGENT_PROGRESS,
  DATA_HOOK_PROGRESS,
  ECHO,
  ASK_TEXT,
  ASK_THINKING,
  BLOCK_TEXT,
  ENTRY_ANSWER,
  ENTRY_EVENTS,
  ENTRY_PROGRESS,
  ENTRY_SKIPPED,
  EVENTS_ALWAYS,
  EVENTS_ANSWER,
  EVENTS_ATTACHMENT,
  EVENTS_USER,
  EVENTS_PROGRESS,
  FIELD_AGENT_ID,
  FIELD_DATA_TYPE,
  FIELD_FOLDER,
  FIELD_IS_SIDECHAIN,
  FIELD_MODEL,
  FIELD_TIMESTAMP,
  FIELD_TYPE,
  FOLDER,
  FOLDER_BYTES,
  KEYS_BYTES,
  LONGEST_KEY,
  ROW_SLOTS,
  STATE,
  STATE_AT,
  STATE_END,
  STATE_FIRST_AT,
  STATE_FOLDER,
  STATE_KEYS,
  STATE_LAST_AT,
  STATE_LINE,
  STATE_NEXT,
  STATE_ROWS,
  STATE_SKIPPED,
  STATE_SLOTS,
  STATE_START,
  STATE_UNDERSTOOD,
  WANT_CONTENT,
  WANT_EVENTS,
  WANT_REQUESTS,
} from "../layout";
import { forgetContexts } from "./contexts";
import { findByte, get, increase, LINE_BREAK, OPEN_BRACE, set, timeIn } from "./bytes";
import {
  startOf,
  blocks,
  calls,
  endOf,
  findFields,
  hasBills,
  hasEscape,
  isText,
  isTrue,
  lastBlock,
  numberOf,
  others,
  results,
} from "./fields";
import { skipSpace } from "./json";
import { emptyTables, isSynthetic, takeAnswer, takeEcho } from "./requests";

export { timeIn } from "./bytes";
export { addName } from "./fields";
export { hashLines } from "./hash-lines";
export { skipValue } from "./json";
export { addRequest, emptyTables } from "./requests";
export { shorten } from "./shorten";
export { inputSize, textLength } from "./sizes";
/** The end of AssemblyScript's own data. */
export const dataEnd = __heap_base;

/** Before each file. */
export function startFile(): void {
  memory.fill(STATE, 0, 8 * STATE_SLOTS);
  set(STATE_FIRST_AT, NaN);
  set(STATE_LAST_AT, NaN);
  emptyTables();
  forgetContexts();
}

/** Returns the address behind the last line break of what was read, or `from`. */
export function endOfLines(from: usize, filled: usize): usize {
  let at = filled;
  for (const lineBreaks = i8x16.splat(LINE_BREAK); at >= from + 16; at -= 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at - 16), lineBreaks));
    if (hits != 0) return at + 16 - <usize>clz(hits);
  }
  while (at > from && load<u8>(at - 1) != LINE_BREAK) at--;
  return at;
}

/**
 * Takes the lines between two addresses, up to one that TypeScript has to look at. Returns what it has to do (ASK_…). `end` is behind a
 * line break, and `wanted` is a sum of WANT_….
 */
export function walk(wanted: u32, from: usize, end: usize): i32 {
  let start = from;
  let ask = ASK_NOTHING;
  while (start < end && ask == ASK_NOTHING) {
    if (isFull()) {
      ask = ASK_EMPTY;
      break;
    }
    increase(STATE_LINE);
    set(STATE_START, <f64>start);
    ask = askFor(wanted, start, end);
    start = <usize>get(STATE_END) + 1;
  }
  set(STATE_NEXT, <f64>start);
  return ask;
}

/** Returns whether the tables are too full for what a line can bring. */
function isFull(): bool {
  return <i32>get(STATE_ROWS) == ROW_SLOTS || <i32>get(STATE_KEYS) > KEYS_BYTES - 2 * LONGEST_KEY;
}

function askFor(wanted: u32, start: usize, end: usize): i32 {
  const isForRequests = (wanted & WANT_REQUESTS) != 0;
  const isForEvents = (wanted & WANT_EVENTS) != 0;
  const isForContent = (wanted & WANT_CONTENT) != 0;
  if (isBlank(start)) {
    increase(STATE_SKIPPED);
    return ASK_NOTHING;
  }
  const isSound = isEntry(start, end, isForEvents || isForContent) && noteTime() && noteFolder();
  const type = isSound ? numberOf(AS_ENTRY_TYPE, FIELD_TYPE) : 0;
  const isPlain = isSound && !isSideChain();
  let ask = 0;
  if (isForEvents) ask = ASK_EVENTS * (isPlain ? askForEvents(type / ENTRY_EVENTS) : ASK_PARSE);
  if (isForContent) ask += ASK_CONTENT * (isPlain ? askForContent(type / ENTRY_EVENTS) : ASK_PARSE);
  if (isForRequests) ask += isPlain ? askForRequests(type % ENTRY_EVENTS) : ASK_PARSE;
  return ask;
}

/** Returns whether the entry is an agent's in the main file of an old client: TypeScript finds out which agent's. */
function isSideChain(): bool {
  return (
    isTrue(FIELD_IS_SIDECHAIN) &&
    (!isText(FIELD_AGENT_ID) || startOf(FIELD_AGENT_ID) == endOf(FIELD_AGENT_ID))
  );
}

function askForRequests(type: u32): i32 {
  let ask = ASK_NOTHING;
  if (type == 0) ask = ASK_PARSE;
  else if (type == ENTRY_ANSWER) ask = takeAnswer();
  else if (type == ENTRY_PROGRESS) ask = takeEcho();
  if (ask != ASK_PARSE) increase(type == ENTRY_SKIPPED ? STATE_SKIPPED : STATE_UNDERSTOOD);
  return ask;
}

function askForEvents(type: u32): i32 {
  if (type == EVENTS_ANSWER) return askForAnswer();
  if (type == EVENTS_USER) return blocks == 1 && results == 1 ? ASK_RESULT : ASK_PARSE;
  if (type == EVENTS_ATTACHMENT) return ASK_ATTACHMENT;
  if (type == EVENTS_PROGRESS) return askForProgress();
  return type == EVENTS_ALWAYS || hasEscape(FIELD_TYPE) ? ASK_PARSE : ASK_NOTHING;
}

/** Progress of an agent repeats its messages. All other progress says nothing. */
function askForProgress(): i32 {
  if (hasEscape(FIELD_DATA_TYPE)) return ASK_PARSE;
  if (numberOf(AS_DATA_TYPE, FIELD_DATA_TYPE) != DATA_AGENT_PROGRESS) return ASK_NOTHING;
  const isUser = numberOf(AS_ENTRY_TYPE, FIELD_TYPE + ECHO) / ENTRY_EVENTS == EVENTS_USER;
  return isUser && blocks == 1 && results == 1 ? ASK_ECHO_RESULT : ASK_PARSE;
}

/** Text says no more about how the work went than when it ended. A fallback is a block, or an iteration, of its own type. */
function askForAnswer(): i32 {
  if (isSynthetic() || hasEscape(FIELD_MODEL) || hasBills || others > 0 || calls > 1) return ASK_PARSE;
  if (calls == 1) return ASK_CALL;
  return blocks == 1 ? ASK_TEXT : ASK_PARSE;
}

function askForContent(type: u32): i32 {
  if (hasEscape(FIELD_TYPE) || type == EVENTS_ATTACHMENT) return ASK_PARSE;
  if (type == EVENTS_ANSWER || type == EVENTS_USER) return askForBlock(type, 0);
  if (type == EVENTS_ALWAYS) return ASK_OTHER;
  return type == EVENTS_PROGRESS ? askForProgressContent() : ASK_NOTHING;
}

function askForProgressContent(): i32 {
  if (hasEscape(FIELD_DATA_TYPE) || hasEscape(FIELD_TYPE + ECHO)) return ASK_PARSE;
  const progress = numberOf(AS_DATA_TYPE, FIELD_DATA_TYPE);
  if (progress == DATA_HOOK_PROGRESS) return ASK_HOOK;
  if (progress != DATA_AGENT_PROGRESS) return ASK_NOTHING;
  return askForBlock(numberOf(AS_ENTRY_TYPE, FIELD_TYPE + ECHO) / ENTRY_EVENTS, ASK_ECHO);
}

/** Asks for the only block of a message, or has a message of another form parsed. */
function askForBlock(type: u32, echo: i32): i32 {
  if (blocks != 1 || others > 0) return ASK_PARSE;
  if (type == EVENTS_USER) return results == 1 ? ASK_RESULT + echo : ASK_PARSE;
  if (type != EVENTS_ANSWER || results == 1 || isSynthetic() || hasEscape(FIELD_MODEL)) return ASK_PARSE;
  if (calls == 1) return ASK_CALL + echo;
  return (lastBlock == BLOCK_TEXT ? ASK_TEXT : ASK_THINKING) + echo;
}

/** Returns whether a line holds nothing but spaces. Then notes where it ends. */
function isBlank(start: usize): bool {
  const stop = skipSpace(start);
  set(STATE_END, <f64>stop);
  return load<u8>(stop) == LINE_BREAK;
}

/** Finds the fields of a line, and where it ends; false unless it is one JSON object. */
function isEntry(start: usize, end: usize, withBlocks: bool): bool {
  if (load<u8>(start) == OPEN_BRACE) {
    const behind = findFields(start, withBlocks);
    const stop = behind == 0 ? 0 : skipSpace(behind);
    if (stop != 0 && load<u8>(stop) == LINE_BREAK) {
      set(STATE_END, <f64>stop);
      return true;
    }
  }
  set(STATE_END, <f64>findByte(LINE_BREAK, start, end));
  return false;
}

/** Notes the time of an entry; false if only JavaScript can read it. */
function noteTime(): bool {
  set(STATE_AT, NaN);
  if (!isText(FIELD_TIMESTAMP) || startOf(FIELD_TIMESTAMP) == endOf(FIELD_TIMESTAMP)) return true;
  const at = timeIn(startOf(FIELD_TIMESTAMP), endOf(FIELD_TIMESTAMP));
  if (isNaN(at)) return false;
  set(STATE_AT, at);
  set(STATE_LAST_AT, at);
  if (isNaN(get(STATE_FIRST_AT))) set(STATE_FIRST_AT, at);
  return true;
}

/** Keeps the first working directory; false if it does not fit. */
function noteFolder(): bool {
  if (get(STATE_FOLDER) != 0 || !isText(FIELD_FOLDER)) return true;
  const length = endOf(FIELD_FOLDER) - startOf(FIELD_FOLDER);
  if (length > <usize>FOLDER_BYTES) return false;
  memory.copy(FOLDER, startOf(FIELD_FOLDER), length);
  set(STATE_FOLDER, <f64>length);
  return true;
}
