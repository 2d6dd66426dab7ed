import type { PromptEvent } from "../domain/event.ts";
import { type Hashes, unpackHashes } from "../domain/hashes.ts";

/** Above this two prompts ask for the same work, if nothing they name has been exchanged (tried on fixtures/tasks). */
const SAME_WORK = 0.5;
/** Prompts this short differ in a word when they ask for something else. */
const SHORT_WORDS = 8;

export type Sketched = Pick<PromptEvent, "words" | "sketch" | "terms">;

/**
 * Whether two prompts ask for the same work: alike in their shingles, and not one template filled in with different names
 * (`Describe the billing service`, `Describe the shipping service`).
 */
export function isSameWork(a: Sketched, b: Sketched): boolean {
  if (Math.min(a.words, b.words) < 2 || likeness(a.sketch, b.sketch) < SAME_WORK) return false;
  const onlyA = countMissing(a.terms, b.terms);
  const onlyB = countMissing(b.terms, a.terms);
  if (onlyA === 0 || onlyB === 0) return true;
  if (Math.min(a.words, b.words) < SHORT_WORDS) return false;
  return !(a.words === b.words && onlyA === onlyB && onlyA <= EXCHANGED);
}

/** A template has few blanks. */
const EXCHANGED = 4;

/**
 * The Jaccard likeness of two texts from their bottom-k sketches (Broder 1997): the share of the k smallest hashes of both
 * together that both have.
 */
function likeness(a: Hashes, b: Hashes): number {
  const [inA, inB] = [unpackHashes(a), unpackHashes(b)];
  if (inA.length === 0 || inB.length === 0) return 0;
  const size = Math.max(inA.length, inB.length);
  let [atA, atB, taken, common] = [0, 0, 0, 0];
  for (; taken < size && (atA < inA.length || atB < inB.length); taken++) {
    const [hashA = Infinity, hashB = Infinity] = [inA[atA], inB[atB]];
    if (hashA === hashB) common++;
    if (hashA <= hashB) atA++;
    if (hashB <= hashA) atB++;
  }
  return common / taken;
}

function countMissing(of: Hashes, from: Hashes): number {
  const known = new Set(unpackHashes(from));
  return unpackHashes(of).filter((hash) => !known.has(hash)).length;
}
