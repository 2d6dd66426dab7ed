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

/**
 * The likeness of texts without their words: the 32 smallest hashes of their shingles of three words (bottom-k MinHash,
 * Broder 1997). Shorter texts are compared word by word.
 */
export function sketchText(text: string): { words: number; sketch: number[]; terms: number[] } {
  const words = hashWords(text.slice(0, SKETCHED_CHARS));
  const width = words.length < 6 ? 1 : SHINGLE_WORDS;
  const sketch: number[] = [];
  for (let start = 0; start + width <= words.length; start++) {
    let hash = words[start] as number;
    for (let next = start + 1; next < start + width; next++)
      hash = Math.imul(hash ^ (words[next] as number), 0x9e3779b1);
    keepSmallest(sketch, (hash ^ (hash >>> 15)) >>> 0);
  }
  const terms: number[] = [];
  for (const word of words) if (!STOP_WORDS.has(word)) keepSmallest(terms, word);
  return { words: words.length, sketch, terms };
}

/** Words that name nothing. */
const STOP_WORDS = new Set(
  "a an the of in on at to for from by with and or but is are be it its this that these those please can you could i we me my our your all any some just also now then so do does not no yes as into over up out if when"
    .split(" ")
    .map((word) => hashText(word)),
);

/** Puts a hash in its place among the smallest, each once. */
function keepSmallest(sketch: number[], hash: number): void {
  if (sketch.length === SKETCH_SIZE && hash >= (sketch[SKETCH_SIZE - 1] as number)) return;
  let at = sketch.length;
  while (at > 0 && (sketch[at - 1] as number) > hash) at--;
  if (sketch[at - 1] === hash) return;
  sketch.splice(at, 0, hash);
  if (sketch.length > SKETCH_SIZE) sketch.pop();
}

/** Hashes of the words of a text in any script, without regard to case. One pass, for prompts can be long. */
function hashWords(text: string): number[] {
  const lower = text.toLowerCase();
  const words: number[] = [];
  let hash = FNV_START;
  let length = 0;
  for (let index = 0; index <= lower.length; index++) {
    const code = index < lower.length ? lower.charCodeAt(index) : 0;
    if ((code > 96 && code < 123) || (code > 47 && code < 58) || code === 95 || code > 191) {
      hash = Math.imul(hash ^ code, FNV_PRIME);
      length++;
    } else if (length > 0) {
      words.push(hash >>> 0);
      hash = FNV_START;
      length = 0;
    }
  }
  return words;
}

const LINES_KEPT = 64;

/** Hashes of the lines of `text` that say something (blank lines and lone brackets do not), each once. */
function hashLines(text: string): Set<number> {
  const hashes = new Set<number>();
  for (let start = 0; start < text.length;) {
    const lineEnd = text.indexOf("\n", start);
    const next = lineEnd < 0 ? text.length : lineEnd;
    let end = next;
    while (start < end && text.charCodeAt(start) <= SPACE) start++;
    while (end > start && text.charCodeAt(end - 1) <= SPACE) end--;
    if (end - start > 2) hashes.add(hashText(text, start, end));
    start = next + 1;
  }
  return hashes;
}

const SPACE = 32;

/** The lines that only one of two texts has: what an edit takes away and what it puts there. */
export function compareLines(before: string, after: string): { added: number[]; removed: number[] } {
  const [old, fresh] = [hashLines(before), hashLines(after)];
  return {
    added: [...fresh].filter((line) => !old.has(line)).slice(0, LINES_KEPT),
    removed: [...old].filter((line) => !fresh.has(line)).slice(0, LINES_KEPT),
  };
}
