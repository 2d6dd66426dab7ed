import { type Fields, isFields } from "../fields.ts";
import type { Reader } from "./reader.ts";

/** Parses the entry on a line. Returns undefined for a blank line, and null if the line is not one JSON object. */
export function parseEntry(bytes: Buffer, start: number, end: number): Fields | undefined | null {
  const from = skipMarks(bytes, start, end);
  if (from === end) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", from, end));
    return isFields(value) ? value : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

const SPACE = 0x20;
const BYTE_ORDER_MARK = new Set([0xef, 0xbb, 0xbf]);

/** Spaces, a byte order mark, and the zeros that a crash leaves can be before the first brace. */
function skipMarks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && ((bytes[at] as number) <= SPACE || BYTE_ORDER_MARK.has(bytes[at] as number))) at++;
  return at;
}

/** Every entry that a client writes begins like one of these. */
const BEGINNINGS = ['{"parentUuid":', '{"type":'] as const;

/**
 * Finds the entries on a line that is not one JSON object. A client that is killed leaves a torn line, and the next one writes its entry
 * behind it. The result is the complete objects at the start of the line, and behind what is torn those objects that reach from the
 * beginning of an entry to the end of the line without a gap.
 */
export function findEntries(reader: Reader, start: number, end: number): Fields[] {
  const first = completeObjects(reader, skipMarks(reader.bytes, start, end), end);
  if (first.end === end) return first.entries();
  let from = first.end;
  for (const at of beginnings(reader.bytes.subarray(0, end), from)) {
    if (at < from) continue; // inside an object after which the line does not go on as it should
    const rest = completeObjects(reader, at, end);
    if (rest.end === end) return [...first.entries(), ...rest.entries()];
    from = rest.end;
  }
  return first.entries();
}

/** Finds the objects that follow one another from `start`. Ends before whatever is not one. */
function completeObjects({ walk, bytes }: Reader, start: number, end: number) {
  const found: [from: number, to: number][] = [];
  let at = start;
  while (at < end && bytes[at] === OPEN_BRACE) {
    const behind = walk.skipValue(at);
    if (behind === 0) break;
    found.push([at, behind]);
    for (at = behind; at < end && (bytes[at] as number) <= SPACE;) at++;
  }
  const entries = () => found.map(([from, to]) => JSON.parse(bytes.toString("utf8", from, to)) as Fields);
  return { end: at, entries };
}

const OPEN_BRACE = 0x7b;

/** Returns the places where an entry may begin, in order. */
function* beginnings(line: Buffer, from: number): Generator<number> {
  const next = BEGINNINGS.map((text) => line.indexOf(text, from, "latin1"));
  while (next.some((place) => place >= 0)) {
    const nearest = Math.min(...next.filter((place) => place >= 0));
    yield nearest;
    const which = next.indexOf(nearest);
    next[which] = line.indexOf(BEGINNINGS[which] as string, nearest + 1, "latin1");
  }
}
