/**
 * What the lines of one file come to: its requests, and where the lines are that outcomes need. The other side takes it out
 * before a table is full.
 */

import { hash, isSame, numberAt, putNumber } from "./bytes";

/** Numbers that both sides read and write. */
export const state = memory.data(12 * 8, 16);
/** The number of the line looked at; what to add to an address for its place in the file. */
export const LINE: usize = 0;
export const BASE: usize = 1;
/** Where to go on. */
export const NEXT: usize = 2;
/** 1 once the time of the file's first entry is known: nothing is settled before. */
export const HAS_BEGUN: usize = 3;
/** Of the last answer, in ms since the epoch. */
export const LAST_AT: usize = 4;
/** How many lines were settled, by how they were met. */
export const UNDERSTOOD: usize = 5;
export const SKIPPED: usize = 6;
/** How much is in the tables: requests, bytes of their ids, lines noted. */
export const ROWS: usize = 7;
export const IDS: usize = 8;
export const NOTED: usize = 9;
/** Whether lines that outcomes need are noted for later; 2 where earlier lines of the file wait as well. */
export const LATER: usize = 10;
/** Which contexts are meant: another number for each file, and when what its lines have in common changes. */
export const GENERATION: usize = 11;

export function get(slot: usize): f64 {
  return numberAt(state, slot);
}

export function set(slot: usize, value: f64): void {
  putNumber(state, slot, value);
}

export function increase(slot: usize): void {
  set(slot, get(slot) + 1);
}

/** A request takes the columns of src/domain/file-scan.ts. */
const ROW_BYTES: usize = 11 * 8;
const MOST_ROWS: i32 = 256;
const MOST_ID_BYTES: i32 = 16384;
export const rows = memory.data(256 * 11 * 8, 16);
/** Their ids, each with a line break behind it. */
export const ids = memory.data(16384);

// Columns that are set here.
export const AT: usize = 0;
const ROW_LINE: usize = 1;
export const CONTEXT: usize = 2;
export const INPUT: usize = 3;
export const OUTPUT: usize = 4;
const COST: usize = 10;

/** A noted line takes the columns of src/domain/watched-lines.ts. */
const NOTE_BYTES: usize = 4 * 8;
const MOST_NOTED: i32 = 1024;
export const noted = memory.data(1024 * 4 * 8, 16);
export const ENTRY: u32 = 0;
export const RESULT: u32 = 1;
export const LIGHT: u32 = 2;

let lastRow: usize = 0;
let lastId: usize = 0;
let lastIdLength: usize = 0;

/** Before each file. */
export function startTables(): void {
  memory.fill(state, 0, 12 * 8 - 8);
  memory.fill(calls, 0, CALL_SLOTS * 8);
  callCount = 0;
  lastRow = 0;
}

/** Room is left for what one line can bring: the other side adds no more than that before it asks again. */
export function isFull(): bool {
  return (
    <i32>get(ROWS) > MOST_ROWS - 2 || <i32>get(IDS) > MOST_ID_BYTES - 512 || <i32>get(NOTED) > MOST_NOTED - 2
  );
}

/** After the other side took out what is there. */
export function emptyTables(): void {
  set(ROWS, 0);
  set(IDS, 0);
  set(NOTED, 0);
  lastRow = 0;
}

/** Whether the line before was of the same answer. */
export function isLast(id: usize, length: usize): bool {
  return lastRow != 0 && length == lastIdLength && isSame(id, lastId, length);
}

/** The row of the request with an id: that of the line before, or else a new one, whose output is -1. */
export function rowOf(id: usize, length: usize, at: f64): usize {
  if (isLast(id, length)) return lastRow;
  const used = <usize>get(IDS);
  lastId = ids + used;
  lastIdLength = length;
  memory.copy(lastId, id, length);
  store<u8>(lastId + length, 10);
  set(IDS, <f64>(used + length + 1));
  lastRow = rows + <usize>get(ROWS) * ROW_BYTES;
  increase(ROWS);
  putNumber(lastRow, AT, at);
  putNumber(lastRow, ROW_LINE, get(LINE));
  putNumber(lastRow, OUTPUT, -1);
  putNumber(lastRow, COST, NaN);
  return lastRow;
}

/** From now on no line is of the same answer as the one before. */
export function closeRow(): void {
  lastRow = 0;
}

export function note(kind: u32, first: f64, second: f64): void {
  const place = noted + <usize>get(NOTED) * NOTE_BYTES;
  increase(NOTED);
  putNumber(place, 0, <f64>kind);
  putNumber(place, 1, get(LINE));
  putNumber(place, 2, first);
  putNumber(place, 3, second);
}

/** Hashes of the calls whose results are awaited: an open-addressing table, 0 where nothing is. */
const CALL_SLOTS: usize = 4096;
const calls = memory.data(4096 * 8, 16);
let callCount: i32 = 0;

export function awaitCall(id: usize, length: usize): void {
  if (callCount > 3000) return; // from now on all of them are
  const slot = slotOf(hash(id, length));
  if (load<u64>(slot) != 0) return;
  store<u64>(slot, hash(id, length));
  callCount++;
}

/** Whether a result may be one that matters. */
export function isAwaited(id: usize, length: usize): bool {
  return callCount > 3000 || get(LATER) == 2 || load<u64>(slotOf(hash(id, length))) != 0;
}

/** Where a hash stands, or would. */
function slotOf(value: u64): usize {
  let index = <usize>value & (CALL_SLOTS - 1);
  while (!isFor(calls + 8 * index, value)) index = (index + 1) & (CALL_SLOTS - 1);
  return calls + 8 * index;
}

function isFor(slot: usize, value: u64): bool {
  const there = load<u64>(slot);
  return there == 0 || there == value;
}
