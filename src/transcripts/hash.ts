import { type Hashes, packHashes } from "../domain/hashes.ts";

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** 32-bit FNV-1a of a piece of text: enough to compare texts without keeping them. */
export function hashText(text: string, start = 0, end = text.length): number {
  let hash = FNV_START;
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
}

const SKETCH_SIZE = 32;
const SHINGLE_WORDS = 3;
/** Where two longer texts begin alike they are the same work. */
const SKETCHED_CHARS = 8000;

/** Filled anew for each text. */
const words = new Uint32Array(SKETCHED_CHARS / 2 + 1);
const shingles = new Uint32Array(words.length);
const smallest = new Uint32Array(SKETCH_SIZE);

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
    terms: packSmallest(words.subarray(0, count), STOP_WORDS),
  };
}

/** Words that name nothing. */
const STOP_WORDS: ReadonlySet<number> = new Set(
  "a an the of in on at to for from by with and or but is are be it its this that these those please can you could i we me my our your all any some just also now then so do does not no yes as into over up out if when"
    .split(" ")
    .map((word) => hashText(word)),
);

/** The smallest of some hashes, each once. */
function packSmallest(hashes: Uint32Array, except?: ReadonlySet<number>): Hashes {
  let count = 0;
  let last = -1;
  for (const hash of hashes.sort()) {
    if (hash === last || except?.has(hash)) continue;
    if (count === SKETCH_SIZE) break;
    smallest[count++] = last = hash;
  }
  return packHashes(smallest.subarray(0, count));
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
      hash = Math.imul(hash ^ code, FNV_PRIME);
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
const BREAK = 10;

/** A text by hashes: of all of it, and of its lines that say something (blank lines and lone brackets do not), each once. */
interface HashedText {
  hash: number;
  lines: number;
  said: Set<number>;
}

/** One pass, for whole files are written. `most` lines that say something are enough. */
function hashLines(text: string, most: number): HashedText {
  const said = new Set<number>();
  let whole = FNV_START;
  let lines = 1;
  let line = FNV_START; // from the first character of the line that is no space
  let trimmed = 0; // `line` as it was behind the last such character
  let first = -1;
  let last = -1;
  for (let index = 0; index <= text.length; index++) {
    const code = index < text.length ? text.charCodeAt(index) : BREAK;
    if (code > SPACE) {
      if (first < 0) first = index;
      last = index;
      trimmed = line = Math.imul(line ^ code, FNV_PRIME);
    } else if (code === BREAK) {
      if (last - first >= 2 && said.size < most) said.add(trimmed);
      if (index === text.length) break;
      lines++;
      line = FNV_START;
      first = last = -1;
    } else if (first >= 0) line = Math.imul(line ^ code, FNV_PRIME);
    whole = Math.imul(whole ^ code, FNV_PRIME);
  }
  return { hash: whole >>> 0, lines, said };
}

/** What an edit takes away and what it puts there: the lines that only one of two texts has, and hashes of both. */
export function compareTexts(before: string, after: string) {
  const old = hashLines(before, Infinity);
  const fresh = hashLines(after, before === "" ? LINES_KEPT : Infinity);
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
