import { readFileSync } from "node:fs";
import type { Shape } from "./shape.ts";

/**
 * The other side of wasm/walk.ts: a memory that files are read into, in which lines are found and held against known shapes.
 * One for a thread; positions are addresses in `bytes`.
 */

/** Slots of a record; the same as in wasm/walk.ts. Texts take two slots, where they begin and end. */
export const SLOT = {
  is: 0,
  start: 1,
  end: 2,
  behind: 3,
  head: 4,
  tail: 5,
  flags: 6,
  at: 7,
  id: 8,
  stop: 10,
  toolId: 12,
  toolName: 14,
  counts: 16,
} as const;
export const RECORD_WIDTH = 24;

/** What a record can be of; 0 is a line with an unknown head. */
export const IS = { assistant: 1, "tool-result": 2, prompt: 3 } as const;

export const LINE_FLAG = {
  endsInAnswer: 1,
  shortError: 2,
  holdsAnother: 4,
  /** The message's id is that of the answer before; whether it holds another was not looked for. */
  sameAnswer: 8,
  noTool: 16,
  tool: 32,
} as const;

/** What a gap's text or number is for; see wasm/walk.ts. */
export const ROLE = { id: 0, stop: 2, passedOver: 8, time: 9, counts: SLOT.counts } as const;

/** The part of the standard that is used here: Node's own types leave it out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

interface Exports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heads: { readonly value: number };
  records: { readonly value: number };
  free: { readonly value: number };
  start(): void;
  walk(from: number, searched: number, filled: number): number;
}

const SHAPE_BYTES = 1 << 18;
const PAGE_BYTES = 1 << 16;
/** More than a client writes in one session. */
const MOST_SHAPES = 12;

const wasm = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(new URL("./walk.wasm", import.meta.url))),
).exports as Exports;

const headsAt = wasm.heads.value;
const shapesAt = wasm.free.value;
/** Where lines are read to. */
export const linesAt = shapesAt + SHAPE_BYTES;

let view = new DataView(wasm.memory.buffer);
let free = shapesAt;

/** All of the memory. Views are made anew when it grows: nobody keeps one. */
export let bytes = Buffer.from(wasm.memory.buffer);
export let records = recordsView();

function recordsView(): Float64Array {
  return new Float64Array(wasm.memory.buffer, wasm.records.value);
}

/** Makes room for lines up to an address. */
export function makeRoom(end: number): void {
  if (end <= bytes.length) return;
  wasm.memory.grow(Math.ceil((Math.max(end, bytes.length * 1.5) - bytes.length) / PAGE_BYTES));
  view = new DataView(wasm.memory.buffer);
  bytes = Buffer.from(wasm.memory.buffer);
  records = recordsView();
}

/** Forgets all shapes. */
export function forgetShapes(): void {
  wasm.start();
  free = shapesAt;
}

/**
 * Makes records of the lines from `from` on; `searched` is how far there is no line break, `filled` where the bytes end. Ends
 * at the first line that is not of a known shape. Returns how many.
 */
export function walk(from: number, searched: number, filled: number): number {
  return wasm.walk(from, searched, filled);
}

/** Looks once more at the line of a record, after something was learned; returns its new record, and all others are gone. */
export function walkAgain(record: number): number {
  const { [record + SLOT.start]: start = 0, [record + SLOT.end]: end = 0 } = records;
  walk(start, end, end + 2);
  return 0;
}

/** A text that a record points to, by its slot. */
export function textAt(slot: number): string {
  return bytes.toString("latin1", records[slot], records[slot + 1]);
}

/** Adds a shape that lines begin with; returns its address, or undefined where there is no room for it. */
export function addHead(is: keyof typeof IS, shape: Shape): number | undefined {
  const bytesOfShape = encode(shape, false);
  const tails = 4 * (1 + MOST_SHAPES);
  const head = allot(8 + bytesOfShape.length + tails);
  if (head === undefined || !addTo(headsAt, head)) return undefined;
  view.setUint32(head, IS[is], true);
  view.setUint32(head + 4, bytesOfShape.length, true);
  bytes.set(bytesOfShape, head + 8);
  view.setUint32(head + 8 + bytesOfShape.length, 0, true);
  return head;
}

/** The same for a shape that the answers with some head end with. */
export function addTail(head: number, shape: Shape): number | undefined {
  const bytesOfShape = encode(shape, true);
  const tail = allot(bytesOfShape.length);
  if (tail === undefined || !addTo(head + 8 + view.getUint32(head + 4, true), tail)) return undefined;
  bytes.set(bytesOfShape, tail);
  return tail;
}

function addTo(list: number, address: number): boolean {
  const count = view.getUint32(list, true);
  if (count === MOST_SHAPES) return false;
  view.setUint32(list + 4 + 4 * count, address, true);
  view.setUint32(list, count + 1, true);
  return true;
}

function allot(length: number): number | undefined {
  if (free + length > linesAt) return undefined;
  free += length;
  return free - length;
}

/** A shape as the other side reads it: by turns a literal and a gap, from the side from which it is matched. */
function encode({ literals, gaps }: Shape, backwards: boolean): Buffer {
  const inOrder = <T>(list: readonly T[]): readonly T[] => (backwards ? list.toReversed() : list);
  const parts = [uint32s(gaps.length)];
  const gapsInOrder = inOrder(gaps);
  inOrder(literals).forEach((literal, index) => {
    parts.push(uint32s(literal.length), Buffer.from(literal, "latin1"));
    const gap = gapsInOrder[index];
    if (!gap) return;
    const prefix = Buffer.alloc(8);
    prefix.write(gap.prefix, "latin1");
    parts.push(uint32s(gap.filling, gap.most, gap.role, gap.prefix.length), prefix);
  });
  return Buffer.concat(parts);
}

function uint32s(...numbers: number[]): Buffer {
  const encoded = Buffer.allocUnsafe(4 * numbers.length);
  numbers.forEach((number, index) => encoded.writeUInt32LE(number, 4 * index));
  return encoded;
}
