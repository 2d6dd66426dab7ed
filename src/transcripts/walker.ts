import { readFileSync } from "node:fs";
import type { Gap, Shape } from "./shape.ts";

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
const PREFIX_BYTES = 8;
/** More than a client writes in one session. */
const MOST_SHAPES = 12;

const wasm = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(new URL("./walk.wasm", import.meta.url))),
).exports as Exports;

const headsAt = wasm.heads.value;
const shapesAt = wasm.free.value;
/** Where lines are read to. */
export const linesAt = shapesAt + SHAPE_BYTES;
/** The longest shape comes from two kilobytes of text. */
const lastShapeAt = linesAt - (1 << 14);

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
  const head = free;
  const shapeEnd = encode(shape.literals, shape.gaps, head + 8);
  const listEnd = shapeEnd + 4 * (1 + MOST_SHAPES);
  if (listEnd > lastShapeAt || !addTo(headsAt, head)) return undefined;
  view.setUint32(head, IS[is], true);
  view.setUint32(head + 4, shapeEnd - head - 8, true);
  view.setUint32(shapeEnd, 0, true);
  free = listEnd;
  return head;
}

/** The same for a shape that the answers with some head end with. */
export function addTail(head: number, { literals, gaps }: Shape): number | undefined {
  const tail = free;
  const end = encode(literals.toReversed(), gaps.toReversed(), tail);
  if (end > lastShapeAt || !addTo(head + 8 + view.getUint32(head + 4, true), tail)) return undefined;
  free = end;
  return tail;
}

function addTo(list: number, address: number): boolean {
  const count = view.getUint32(list, true);
  if (count === MOST_SHAPES) return false;
  view.setUint32(list + 4 + 4 * count, address, true);
  view.setUint32(list, count + 1, true);
  return true;
}

/** Writes a shape as the other side reads it, by turns a literal and a gap; returns where it ends. */
function encode(literals: readonly string[], gaps: readonly Gap[], address: number): number {
  let at = address;
  const uint32 = (number: number): void => {
    view.setUint32(at, number, true);
    at += 4;
  };
  uint32(gaps.length);
  literals.forEach((literal, index) => {
    uint32(literal.length);
    at += bytes.write(literal, at, "latin1");
    const gap = gaps[index];
    if (!gap) return;
    for (const number of [gap.filling, gap.most, gap.role, gap.prefix.length]) uint32(number);
    bytes.write(gap.prefix, at, "latin1");
    at += PREFIX_BYTES;
  });
  return at;
}
