import { fnv1a, FNV_START, fnvStep } from "../../domain/hash.ts";
import { type Hashes, packHashes } from "../../domain/hashes.ts";

/** 32-bit FNV-1a of a piece of text: enough to compare texts without keeping them. */
export function hashText(text: string): number {
  return fnv1a(text);
}

const SKETCH_SIZE = 32;
const SHINGLE_WORDS = 3;
/** Number of characters that are compared: two longer texts with the same start are the same work. */
const SKETCHED_CHARS = 8000;

/** Filled again for each text. */
const words = new Uint32Array(SKETCHED_CHARS / 2 + 1);
const shingles = new Uint32Array(words.length);
const likely = new Uint32Array(words.length);
const smallest = new Uint32Array(SKETCH_SIZE);
/** The last hash with these low bits. */
const LOW_BITS = 255;
const seen = new Uint32Array(LOW_BITS + 1);

/**
 * The likeness of texts without their words: the 32 smallest hashes of their shingles of three words (bottom-k MinHash,
 * Broder 1997). Shorter texts are compared word by word.
 */
export function sketchText(text: string): { words: number; sketch: Hashes; terms: Hashes } {
  const count = hashWords(text.slice(0, SKETCHED_CHARS));
  const width = count < 6 ? 1 : SHINGLE_WORDS;
  let length = 0;
  for (let start = 0; start + width <= count; start++) {
    let hash = words[start] as number;
    for (let next = start + 1; next < start + width; next++)
      hash = Math.imul(hash ^ (words[next] as number), 0x9e3779b1);
    shingles[length++] = hash ^ (hash >>> 15);
  }
  return {
    words: count,
    sketch: packSmallest(shingles.subarray(0, length)),
    terms: packSmallest(withoutRepeats(words.subarray(0, count)), STOP_WORDS),
  };
}

/** Words that name nothing. */
const STOP_WORDS: ReadonlySet<number> = new Set(
  "a an the of in on at to for from by with and or but is are be it its this that these those please can you could i we me my our your all any some just also now then so do does not no yes as into over up out if when"
    .split(" ")
    .map((word) => hashText(word)),
);

/** The smallest of some hashes, each once. Only those are sorted that are likely to be among them. */
function packSmallest(hashes: Uint32Array, except?: ReadonlySet<number>): Hashes {
  const limit = (2 ** 32 * 1.5 * SKETCH_SIZE) / hashes.length;
  let length = 0;
  for (let at = 0; at < hashes.length; at++)
    if ((hashes[at] as number) < limit) likely[length++] = hashes[at] as number;
  let count = takeSmallest(likely.subarray(0, length), except);
  if (count < SKETCH_SIZE && length < hashes.length) count = takeSmallest(hashes, except);
  return packHashes(smallest.subarray(0, count));
}

function takeSmallest(hashes: Uint32Array, except?: ReadonlySet<number>): number {
  let count = 0;
  let last = -1;
  hashes.sort();
  for (let at = 0; at < hashes.length; at++) {
    const hash = hashes[at] as number;
    if (hash === last || except?.has(hash)) continue;
    if (count === SKETCH_SIZE) break;
    smallest[count++] = last = hash;
  }
  return count;
}

/** In place: most repeats are gone then, which spares sorting them. */
function withoutRepeats(hashes: Uint32Array): Uint32Array {
  seen.fill(0);
  let length = 0;
  for (let at = 0; at < hashes.length; at++) {
    const hash = hashes[at] as number;
    if (seen[hash & LOW_BITS] === hash) continue;
    seen[hash & LOW_BITS] = hash;
    hashes[length++] = hash;
  }
  return hashes.subarray(0, length);
}

/** Hashes of the words of a text in any script, without regard to case, into `words`; returns how many there are. */
function hashWords(text: string): number {
  const lower = text.toLowerCase();
  let count = 0;
  let hash = FNV_START;
  let length = 0;
  for (let index = 0; index < lower.length; index++) {
    const code = lower.charCodeAt(index);
    if ((code > 96 && code < 123) || (code > 47 && code < 58) || code === 95 || code > 191) {
      hash = fnvStep(hash, code);
      length++;
    } else if (length > 0) {
      words[count++] = hash;
      hash = FNV_START;
      length = 0;
    }
  }
  if (length > 0) words[count++] = hash;
  return count;
}

const LINES_KEPT = 64;
const SPACE = 32;

/** A text by hashes: of all of it, and of its lines that say something (blank lines and lone brackets do not), each once. */
export interface HashedText {
  hash: number;
  lines: number;
  said: ReadonlySet<number>;
}

/**
 * Hashes a text in one pass, because whole files are written. `most` lines that say something are enough. wasm/hash-lines.ts does the same
 * with a text that nobody parsed.
 */
function hashLines(text: string, most: number): HashedText {
  const said = new Set<number>();
  let whole = fnvStep(FNV_START, text.length);
  let lines = 0;
  for (let start = 0; start <= text.length; lines++) {
    const lineBreak = text.indexOf("\n", start);
    const next = lineBreak < 0 ? text.length : lineBreak;
    let end = next;
    while (start < end && text.charCodeAt(start) <= SPACE) whole = fnvStep(whole, text.charCodeAt(start++));
    while (end > start && text.charCodeAt(end - 1) <= SPACE) end--;
    let line = FNV_START;
    for (let index = start; index < end; index++) line = fnvStep(line, text.charCodeAt(index));
    if (end - start > 2 && said.size < most) said.add(line);
    whole = fnvStep(whole, line);
    while (end < next) whole = fnvStep(whole, text.charCodeAt(end++));
    start = next + 1;
  }
  return { hash: whole >>> 0, lines, said };
}

/** Returns what an edit takes away and what it puts there. */
export function compareTexts(before: string, after: string) {
  return compareHashed(hashLines(before, Infinity), hashLines(after, before === "" ? LINES_KEPT : Infinity));
}

/** Returns the lines that only one of two texts has, and hashes of both. */
export function compareHashed(old: HashedText, fresh: HashedText) {
  return {
    added: packMissing(fresh.said, old.said),
    removed: packMissing(old.said, fresh.said),
    before: old.hash,
    after: fresh.hash,
    lines: fresh.lines,
  };
}

const missing = new Uint32Array(LINES_KEPT);

/** The first hashes of one set that another has not. */
function packMissing(of: ReadonlySet<number>, from: ReadonlySet<number>): Hashes {
  let count = 0;
  for (const hash of of) {
    if (count === LINES_KEPT) break;
    if (!from.has(hash)) missing[count++] = hash;
  }
  return packHashes(missing.subarray(0, count));
}
