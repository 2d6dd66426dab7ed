/**
 * Walks over the lines of a transcript and settles those that are like one met before (src/transcripts/walker.ts has the
 * other side). AssemblyScript: nothing is allocated, every address is a place in the memory that both sides share.
 */

import { find, findByte, isSame, numberAt, putNumber } from "./bytes";
import {
  BEHIND,
  COUNTS,
  END,
  findHead,
  findTail,
  ID,
  passOver,
  place,
  setSlot,
  slot,
  START,
  startShapes,
  STOP,
  TAIL_HEADER,
  TIME,
  TOOL_ID,
  TOOL_NAME,
} from "./shapes";
import {
  awaitCall,
  BASE,
  CONTEXT,
  ENTRY,
  GENERATION,
  get,
  HAS_BEGUN,
  increase,
  INPUT,
  isAwaited,
  isFull,
  isLast,
  LAST_AT,
  LATER,
  LIGHT,
  LINE,
  NEXT,
  note,
  OUTPUT,
  RESULT,
  rowOf,
  set,
  SKIPPED,
  startTables,
  UNDERSTOOD,
} from "./tables";

export {
  awaitCall,
  closeRow,
  emptyTables,
  ids,
  isFull,
  note,
  noted,
  rowOf,
  rows,
  startTables,
  state,
} from "./tables";
export { commons, heads, record, startShapes } from "./shapes";
/** From here on memory is the other side's: shapes, and the bytes to walk over. */
export const free = __heap_base;

// What a line is, by its head.
const ANSWER: u32 = 1;
const TOOL_RESULT: u32 = 2;
/** Outcomes need it. */
const NEEDED: u32 = 3;
const PASSED: u32 = 4;

// What is asked of the other side.
const NOTHING: i32 = 0;
/** Its head is not known. */
const MEET: i32 = 1;
const MEET_TOOL: i32 = 2;
const MEET_CLOSING: i32 = 3;
/** What lines with this closing part have in common is to be told. */
const TELL_CONTEXT: i32 = 4;
const PARSE: i32 = 5;
/** All is done but telling the observer of a tool call that only counts. */
const TELL_CALL: i32 = 6;
/** The same with a call that the observer has to look at. */
const OBSERVE: i32 = 7;
/** No line: the tables are to be emptied. */
const EMPTY: i32 = 8;

/** Failures and denials are short: their result is one message, and not a file or a page of output. */
const LONGEST_ERROR: usize = 3000;
const TAIL_BYTES: usize = 1800;
/** More than any id or name has. */
const MOST_LETTERS: usize = 200;

const CLOSING = memory.data<u8>([93, 44, 34, 115, 116, 111, 112, 95, 114, 101, 97, 115, 111, 110, 34, 58]); // ],"stop_reason":
const IS_ERROR = memory.data<u8>([34, 105, 115, 95, 101, 114, 114, 111, 114, 34, 58, 116, 114, 117, 101]); // "is_error":true
const MESSAGE = memory.data<u8>([34, 109, 101, 115, 115, 97, 103, 101, 34, 58, 123]); // "message":{
const BLOCK = memory.data<u8>([123, 34, 116, 121, 112, 101, 34, 58, 34]); // {"type":"
const TOOL_USE = memory.data<u8>([116, 111, 111, 108, 95, 117, 115, 101, 34, 44, 34, 105, 100, 34, 58, 34]); // tool_use","id":"
const CALL = memory.data<u8>([
  123, 34, 116, 121, 112, 101, 34, 58, 34, 116, 111, 111, 108, 95, 117, 115, 101, 34, 44,
]); // {"type":"tool_use",
const NAME = memory.data<u8>([34, 44, 34, 110, 97, 109, 101, 34, 58, 34]); // ","name":"

const NEWLINE: u8 = 10;
const RETURN: u8 = 13;

/** Names of tools: how many, then of each its class, its length and its bytes. */
export const tools = memory.data(4 + 128 * 208, 4);
const TOOL_BYTES: usize = 208;
/** Classes of tools: those that only count, those whose calls outcomes need, and of these those whose results they may need. */
const OF_NOTE: u32 = 1;
const AWAITED: u32 = 2;
/** Stop reasons: how many, then the length and the bytes of each. */
export const stops = memory.data(4 + 16 * 68, 4);
const STOP_BYTES: usize = 68;

/**
 * Settles the lines from `from` on, up to one that the other side has to look at: it says what there is to do. `searched` is
 * how far there is no line break, `filled` where the bytes end.
 */
export function walk(from: usize, searched: usize, filled: usize): i32 {
  let at = from;
  let search = searched;
  for (;;) {
    set(NEXT, <f64>at);
    if (isFull()) return EMPTY;
    const end = findByte(NEWLINE, search, filled);
    if (end == filled) return NOTHING;
    increase(LINE);
    setSlot(START, <f64>at);
    setSlot(END, <f64>(end > at && load<u8>(end - 1) == RETURN ? end - 1 : end));
    at = search = end + 1;
    const ask = settle();
    if (ask == NOTHING) continue;
    set(NEXT, <f64>at);
    return ask;
  }
}

/** Does what a line asks for, or says what has to be done before that can be. */
export function settle(): i32 {
  if (get(HAS_BEGUN) == 0) return PARSE;
  const start = place(START);
  const end = place(END);
  const head = findHead(start, end);
  if (head == 0) return MEET;
  const is = load<u32>(head);
  if (is == ANSWER) return settleAnswer(head, end);
  const tail = end - start > TAIL_BYTES ? end - TAIL_BYTES : start;
  if (find(CLOSING, 16, tail, end) < end) return PARSE; // it was torn, and an answer written behind it
  const isLater = get(LATER) != 0;
  if (is == NEEDED || (is == TOOL_RESULT && isWanted(start, end))) {
    if (!isLater) return PARSE;
    note(is == NEEDED ? ENTRY : RESULT, get(BASE) + <f64>start, <f64>(end - start));
  }
  increase(is > PASSED ? SKIPPED : UNDERSTOOD);
  return NOTHING;
}

/** Whether a result is awaited, or is a short error, which always says something. */
function isWanted(start: usize, end: usize): bool {
  if (end - start <= LONGEST_ERROR && find(IS_ERROR, 15, place(BEHIND), end) < end) return true;
  return isAwaited(place(ID), place(ID + 1) - place(ID));
}

function settleAnswer(head: usize, end: usize): i32 {
  const behind = place(BEHIND);
  const isLater = get(LATER) != 0;
  const calls = describeCall(behind, end);
  if (calls < 0) return PARSE;
  const tool = calls > 0 ? findTool() : 0;
  if (calls > 0 && tool == 0) return MEET_TOOL;
  const toolClass: u32 = calls > 0 ? load<u32>(tool) : 0;
  const tail = findTail(head, behind, end);
  if (tail == 0) return MEET_CLOSING;
  const context = contextOf(tail);
  if (context == 0) return TELL_CONTEXT;
  if (isNaN(slot(TIME))) return PARSE;
  const id = place(ID);
  const length = place(ID + 1) - id;
  if (!isLast(id, length) && find(MESSAGE, 11, behind, end) < end) return PARSE; // torn as well
  count(rowOf(id, length, slot(TIME)), tail, context);
  set(LAST_AT, slot(TIME));
  increase(UNDERSTOOD);
  if (toolClass >= OF_NOTE) {
    if (!isLater) return OBSERVE;
    note(ENTRY, get(BASE) + slot(START), slot(END) - slot(START));
    if (toolClass == AWAITED) awaitCall(place(TOOL_ID), place(TOOL_ID + 1) - place(TOOL_ID));
  } else if (calls > 0) {
    if (!isLater) return TELL_CALL;
    note(LIGHT, slot(TIME), <f64>((tool - tools - 4) / TOOL_BYTES));
  }
  return NOTHING;
}

/** The line with the most output speaks for its request, the last such on a tie. */
function count(row: usize, tail: usize, context: u32): void {
  const output = slot(COUNTS + 1);
  if (output < numberAt(row, OUTPUT)) return;
  const kept1h = slot(COUNTS + 5);
  const rest = slot(COUNTS + 3) - kept1h;
  putNumber(row, CONTEXT, <f64>(context - 1));
  putNumber(row, INPUT, slot(COUNTS));
  putNumber(row, OUTPUT, output);
  putNumber(row, INPUT + 2, slot(COUNTS + 2));
  putNumber(row, INPUT + 3, load<u32>(tail + 4) != 0 ? slot(COUNTS + 4) : rest > 0 ? rest : 0);
  putNumber(row, INPUT + 4, kept1h);
  putNumber(row, INPUT + 5, slot(COUNTS + 6));
  putNumber(row, INPUT + 6, slot(COUNTS + 7));
}

/** The number of the context that the line is of, from 1; 0 where that is not known yet. */
function contextOf(tail: usize): u32 {
  if (load<u32>(tail) != <u32>get(GENERATION)) return 0;
  const stop = findText(stops, STOP_BYTES, 0, place(STOP), place(STOP + 1) - place(STOP));
  return stop < 0 ? 0 : load<u32>(tail + 8 + 4 * <usize>stop);
}

/**
 * The content of an answer, of which clients write one block a line: 1 for a tool call, 0 for something that is certainly none,
 * -1 where it is not clear.
 */
function describeCall(behind: usize, end: usize): i32 {
  if (behind + 64 > end || !isSame(behind, BLOCK, 9)) return -1;
  if (find(CALL, 19, behind + 1, end) < end) return -1; // a second block
  if (!isSame(behind + 9, TOOL_USE, 16)) return isSame(behind + 9, TOOL_USE, 9) ? -1 : 0;
  const id = behind + 25;
  const idEnd = passOver(id, end, 2, MOST_LETTERS);
  if (idEnd + 10 > end || !isSame(idEnd, NAME, 10)) return -1;
  const name = idEnd + 10;
  const nameEnd = passOver(name, end, 2, MOST_LETTERS);
  if (nameEnd == end || load<u8>(nameEnd) != 0x22) return -1;
  setSlot(TOOL_ID, <f64>id);
  setSlot(TOOL_ID + 1, <f64>idEnd);
  setSlot(TOOL_NAME, <f64>name);
  setSlot(TOOL_NAME + 1, <f64>nameEnd);
  return 1;
}

/** Where the tool of the call stands in the list; 0 where it is not there. */
function findTool(): usize {
  const name = place(TOOL_NAME);
  const index = findText(tools, TOOL_BYTES, 4, name, place(TOOL_NAME + 1) - name);
  return index < 0 ? 0 : tools + 4 + <usize>index * TOOL_BYTES;
}

/** Which of a list of texts stands at `at`; -1 for none. `skip` bytes stand before each text's length. */
function findText(list: usize, size: usize, skip: usize, at: usize, length: usize): i32 {
  const count = load<i32>(list);
  for (let index: i32 = 0; index < count; index++) {
    const text = list + 4 + <usize>index * size + skip;
    if (<usize>load<u32>(text) == length && isSame(at, text + 4, length)) return index;
  }
  return -1;
}
