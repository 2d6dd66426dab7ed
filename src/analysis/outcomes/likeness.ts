import type { PromptEvent } from "../../domain/event.ts";
import { unpackHashes } from "../../domain/hashes.ts";

/** Above this two prompts ask for the same work, if nothing they name has been exchanged (tried on fixtures/tasks). */
const SAME_WORK = 0.5;
/** Prompts this short differ in a word when they ask for something else. */
const SHORT_WORDS = 8;

export type Sketched = Pick<PromptEvent, "words" | "sketch" | "terms">;

/**
 * Returns whether two prompts ask for the same work: alike in their shingles, and not one template filled in with different names
 * (`Describe the billing service`, `Describe the shipping service`).
 */
export function isSameWork(a: Sketched, b: Sketched): boolean {
  if (Math.min(a.words, b.words) < 2) return false;
  if (likeness(unpackSketch(a), unpackSketch(b)) < SAME_WORK) return false;
  const [inA, inB] = [unpackHashes(a.terms), unpackHashes(b.terms)];
  const onlyA = countMissing(inA, inB);
  const onlyB = countMissing(inB, inA);
  if (onlyA === 0 || onlyB === 0) return true;
  if (Math.min(a.words, b.words) < SHORT_WORDS) return false;
  return !(a.words === b.words && onlyA === onlyB && onlyA <= EXCHANGED);
}

/** In a session with hundreds of agent runs each prompt is compared with all later ones. */
const unpackedOnce = new WeakMap<Sketched, Uint32Array>();

function unpackSketch(prompt: Sketched): Uint32Array {
  let own = unpackedOnce.get(prompt);
  if (!own) unpackedOnce.set(prompt, (own = unpackHashes(prompt.sketch)));
  return own;
}

/** A template has few blanks. */
const EXCHANGED = 4;

/**
 * The Jaccard likeness of two texts from their bottom-k sketches (Broder 1997): the share of the k smallest hashes of both
 * together that both have.
 */
function likeness(inA: Uint32Array, inB: Uint32Array): number {
  if (inA.length === 0 || inB.length === 0) return 0;
  const size = Math.max(inA.length, inB.length);
  let [atA, atB, taken, common] = [0, 0, 0, 0];
  for (; taken < size && (atA < inA.length || atB < inB.length); taken++) {
    const hashA = inA[atA] ?? Infinity;
    const hashB = inB[atB] ?? Infinity;
    if (hashA === hashB) common++;
    if (hashA <= hashB) atA++;
    if (hashB <= hashA) atB++;
  }
  return common / taken;
}

function countMissing(of: Uint32Array, from: Uint32Array): number {
  const known = new Set(from);
  return of.filter((hash) => !known.has(hash)).length;
}
