import { readFileSync } from "node:fs";
import { WIDTH } from "./old-file-scan.ts";
import { WATCHED_WIDTH } from "../domain/watched-lines.ts";

/**
 * The other side of wasm/walk.ts: a memory that files are read into, in which lines are found, held against known shapes and
 * settled. One for a thread; positions are addresses in `bytes`.
 */

/** What the walker knows of the line that it stopped at; the same as in wasm/shapes.ts. Texts take two slots, begin and end. */
export const SLOT = {
  start: 0,
  end: 1,
  behind: 2,
  head: 3,
  tail: 4,
  at: 5,
  stop: 8,
  toolName: 12,
  counts: 16,
} as const;

/** What it has of the file so far; the same as in wasm/tables.ts. */
export const STATE = {
  line: 0,
  base: 1,
  next: 2,
  hasBegun: 3,
  lastAt: 4,
  understood: 5,
  skipped: 6,
  rows: 7,
  ids: 8,
  noted: 9,
  later: 10,
  generation: 11,
} as const;

/** What a line is, by its head; the same as in wasm/walk.ts. */
export const IS = { answer: 1, toolResult: 2, needed: 3, passed: 4, skipped: 5 } as const;

/** What the walker asks of this side; the same as in wasm/walk.ts. */
export const ASK = {
  nothing: 0,
  meet: 1,
  meetTool: 2,
  meetClosing: 3,
  tellContext: 4,
  parse: 5,
  tellCall: 6,
  observe: 7,
  empty: 8,
} as const;
export type Ask = (typeof ASK)[keyof typeof ASK];

/** What a gap's text or number is for; see wasm/shapes.ts. */
export const ROLE = { id: 0, stop: 2, passedOver: 8, time: 9, counts: SLOT.counts } as const;

/** The part of the standard that is used here: Node's own types leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

type Places =
  | "record"
  | "state"
  | "rows"
  | "ids"
  | "noted"
  | "heads"
  | "commons"
  | "tools"
  | "stops"
  | "free";

interface Exports extends Record<Places, { readonly value: number }> {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  startShapes: () => void;
  startTables: () => void;
  emptyTables: () => void;
  isFull: () => number;
  closeRow: () => void;
  walk: (from: number, searched: number, filled: number) => Ask;
  settle: () => Ask;
  rowOf: (id: number, length: number, at: number) => number;
  note: (kind: number, first: number, second: number) => void;
  awaitCall: (id: number, length: number) => void;
}

const SHAPE_BYTES = 1 << 18;
const PAGE_BYTES = 1 << 16;
/** More than any id or name has. */
export const MOST_LETTERS = 200;

const wasm = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(new URL("./walk.wasm", import.meta.url))),
).exports as Exports;
export const addressOf = (place: Places): number => wasm[place].value;

/** A text from this side. */
const scratchAt = addressOf("free");
/** Where shapes are kept. */
export const shapesAt = scratchAt + 256;
/** Where lines are read to. */
export const linesAt = shapesAt + SHAPE_BYTES;

/** All of the memory. Views are made anew when it grows: nobody keeps one. */
export let bytes = Buffer.from(wasm.memory.buffer);
export let view = new DataView(wasm.memory.buffer);
export let record = numbersAt("record", 24);
export let state = numbersAt("state", 12);

function numbersAt(place: Places, count: number): Float64Array {
  return new Float64Array(wasm.memory.buffer, addressOf(place), count);
}

/** Makes room for lines up to an address. */
export function makeRoom(end: number): void {
  if (end <= bytes.length) return;
  wasm.memory.grow(Math.ceil((Math.max(end, bytes.length * 1.5) - bytes.length) / PAGE_BYTES));
  view = new DataView(wasm.memory.buffer);
  bytes = Buffer.from(wasm.memory.buffer);
  record = numbersAt("record", 24);
  state = numbersAt("state", 12);
}

export const { walk, settle, note, closeRow } = wasm;

/** Whether the tables have no room for what a line can bring. */
export const isFull = (): boolean => wasm.isFull() !== 0;

/** Begins another file: what was gathered is gone, what was learned stays. */
export function beginFile(): void {
  wasm.startTables();
  renewContexts();
}

/** From now on contexts have to be told again. */
export function renewContexts(): void {
  state[STATE.generation] = (state[STATE.generation] as number) + 1;
}

/** What is in the tables, which are empty then. `keys` is joined by line breaks; tools are numbers (teach.ts). */
export function takeTables(): { keys: string; numbers: Float64Array; noted: Float64Array } {
  const [rows = 0, ids = 0, noted = 0] = state.subarray(STATE.rows);
  const idsAt = addressOf("ids");
  const taken = {
    keys: bytes.toString("latin1", idsAt, idsAt + Math.max(0, ids - 1)),
    numbers: numbersAt("rows", rows * WIDTH).slice(),
    noted: numbersAt("noted", noted * WATCHED_WIDTH).slice(),
  };
  wasm.emptyTables();
  return taken;
}

/** Columns of the row of a request, which is a new one unless the line before was of it as well. */
export function rowOf(key: string, at: number): Float64Array {
  return new Float64Array(wasm.memory.buffer, wasm.rowOf(scratchAt, put(key), at), WIDTH);
}

/** Results of the call with that id will matter. */
export function awaitCall(id: string): void {
  if (id.length <= MOST_LETTERS) wasm.awaitCall(scratchAt, put(id));
}

function put(text: string): number {
  return bytes.write(text, scratchAt, 255, "latin1");
}

/** A text that a record points to, by its slot. */
export function textAt(slot: number): string {
  return bytes.toString("latin1", record[slot], record[slot + 1]);
}

wasm.startShapes();
