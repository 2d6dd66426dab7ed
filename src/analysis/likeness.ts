import type { PromptEvent } from "../domain/event.ts";

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
function likeness(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const size = Math.max(a.length, b.length);
  const inA = new Set(a);
  const inB = new Set(b);
  const smallest = [...new Set([...a, ...b])].sort((x, y) => x - y).slice(0, size);
  return smallest.filter((hash) => inA.has(hash) && inB.has(hash)).length / smallest.length;
}

function countMissing(of: readonly number[], from: readonly number[]): number {
  const known = new Set(from);
  return of.filter((hash) => !known.has(hash)).length;
}
