/** 32-bit FNV-1a: enough to compare pieces of text without keeping them. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

const SKETCH_SIZE = 32;
const SHINGLE_WORDS = 3;

/**
 * The likeness of texts without their words: the 32 smallest hashes of their shingles of three words (bottom-k MinHash,
 * Broder 1997). Shorter texts are compared word by word.
 */
export function sketchText(text: string): { words: number; sketch: number[] } {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const width = words.length < 6 ? 1 : SHINGLE_WORDS;
  const hashes = new Set<number>();
  for (let start = 0; start + width <= words.length; start++)
    hashes.add(hashText(words.slice(start, start + width).join(" ")));
  return { words: words.length, sketch: [...hashes].sort((a, b) => a - b).slice(0, SKETCH_SIZE) };
}

const LINES_KEPT = 64;

/** Hashes of the lines of `text` that say something (blank lines and lone brackets do not), each once. */
export function hashLines(text: string): Set<number> {
  const hashes = new Set<number>();
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed.length > 2) hashes.add(hashText(trimmed));
  }
  return hashes;
}

/** The lines that only one of two texts has: what an edit takes away and what it puts there. */
export function compareLines(before: string, after: string): { added: number[]; removed: number[] } {
  const [old, fresh] = [hashLines(before), hashLines(after)];
  return {
    added: [...fresh].filter((line) => !old.has(line)).slice(0, LINES_KEPT),
    removed: [...old].filter((line) => !fresh.has(line)).slice(0, LINES_KEPT),
  };
}
