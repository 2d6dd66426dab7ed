import type { Gap, Shape } from "./shape.ts";
import { addressOf, bytes, linesAt, MOST_LETTERS, shapesAt, STATE, state, view } from "./walker.ts";

// What the walker is taught: how lines begin and end, what they have in common, and which tools there are.

const PREFIX_BYTES = 8;
const MOST_HEADS = 64;
/** Of one head. */
const MOST_TAILS = 32;
const MOST_STOPS = 16;
const TAIL_HEADER_BYTES = 8 + 4 * MOST_STOPS;
const MOST_TOOLS = 128;
const MOST_COMMONS = 8;
export const COMMON_BYTES = 512;
/** The longest shape comes from two kilobytes of text. */
const lastShapeAt = linesAt - (1 << 14);

let free = shapesAt;

/** Sets a text that many lines have in common (Latin-1); false where it is too long or there are too many. */
export function setCommon(index: number, text: string): boolean {
  if (index >= MOST_COMMONS || text.length > COMMON_BYTES) return false;
  const place = addressOf("commons") + index * (4 + COMMON_BYTES);
  writeText(text, place);
  return true;
}

/** Writes a text behind its length; returns where it ends. */
function writeText(text: string, place: number): number {
  view.setUint32(place, text.length, true);
  return place + 4 + bytes.write(text, place + 4, "latin1");
}

/** What the walker makes of the calls of a tool: counts them, or notes them, and the results that answer them as well. */
export const TOOL_CLASS = { light: 0, needed: 1, awaited: 2 } as const;

/** Makes a tool known; false where there is no room for it. */
export function addTool(name: string, toolClass: number): boolean {
  const at = addressOf("tools");
  const count = view.getUint32(at, true);
  if (count === MOST_TOOLS) return false;
  const place = at + 4 + count * (8 + MOST_LETTERS);
  view.setUint32(place, toolClass, true);
  writeText(name, place + 4);
  view.setUint32(at, count + 1, true);
  return true;
}

export function toolAt(index: number): string {
  const place = addressOf("tools") + 4 + index * (8 + MOST_LETTERS);
  return bytes.toString("latin1", place + 8, place + 8 + view.getUint32(place + 4, true));
}

/** Tells which context answers with that closing part and stop reason are of. */
export function setContext(tail: number, stop: string, context: number): boolean {
  const place = stopAt(stop);
  if (place === undefined) return false;
  const generation = state[STATE.generation] as number;
  if (view.getUint32(tail, true) !== generation) bytes.fill(0, tail + 8, tail + TAIL_HEADER_BYTES);
  view.setUint32(tail, generation, true);
  view.setUint32(tail + 8 + 4 * place, context + 1, true);
  return true;
}

const MOST_STOP_LETTERS = 64;
const stops = new Map<string, number>();

/** The place of a stop reason in the list. */
function stopAt(stop: string): number | undefined {
  const known = stops.get(stop);
  if (known !== undefined) return known;
  if (stops.size === MOST_STOPS || stop.length > MOST_STOP_LETTERS) return undefined;
  const place = addressOf("stops") + 4 + stops.size * (4 + MOST_STOP_LETTERS);
  writeText(stop, place);
  stops.set(stop, stops.size);
  view.setUint32(addressOf("stops"), stops.size, true);
  return stops.size - 1;
}

/** Forgets all shapes. */
export function forgetShapes(): void {
  view.setUint32(addressOf("heads"), 0, true);
  free = shapesAt;
}

/** Makes lines known that begin with that shape; false where there is no room for it. */
export function addHead(is: number, shape: Shape): boolean {
  const head = free;
  const shapeEnd = encode(shape.literals, shape.gaps, head + 8);
  const listEnd = shapeEnd + 4 * (1 + MOST_TAILS);
  if (listEnd > lastShapeAt || !addTo(addressOf("heads"), head, MOST_HEADS)) return false;
  view.setUint32(head, is, true);
  view.setUint32(head + 4, shapeEnd - head - 8, true);
  view.setUint32(shapeEnd, 0, true);
  free = listEnd;
  return true;
}

/**
 * The same for a shape that the answers with some head end with; returns its address. `isSplit`: cache writes are told apart
 * by how long they are kept.
 */
export function addTail(head: number, { literals, gaps }: Shape, isSplit: boolean): number | undefined {
  const tail = free;
  const end = encode(literals.toReversed(), gaps.toReversed(), tail + TAIL_HEADER_BYTES);
  const list = head + 8 + view.getUint32(head + 4, true);
  if (end > lastShapeAt || !addTo(list, tail, MOST_TAILS)) return undefined;
  view.setUint32(tail, 0, true);
  view.setUint32(tail + 4, isSplit ? 1 : 0, true);
  free = end;
  return tail;
}

function addTo(list: number, address: number, most: number): boolean {
  const count = view.getUint32(list, true);
  if (count === most) return false;
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
    at = writeText(literal, at);
    const gap = gaps[index];
    if (!gap) return;
    for (const number of [gap.filling, gap.most, gap.role, gap.prefix.length]) uint32(number);
    bytes.write(gap.prefix, at, "latin1");
    at += PREFIX_BYTES;
  });
  return at;
}
