/** Above this two prompts ask for the same work (tested on reworded prompts in fixtures/tasks). */
const SAME_WORK = 0.5;

/**
 * The Jaccard likeness of two texts from their bottom-k sketches (Broder 1997): the share of the k smallest hashes of both
 * together that both have.
 */
export function likeness(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const size = Math.max(a.length, b.length);
  const inA = new Set(a);
  const inB = new Set(b);
  const smallest = [...new Set([...a, ...b])].sort((x, y) => x - y).slice(0, size);
  return smallest.filter((hash) => inA.has(hash) && inB.has(hash)).length / smallest.length;
}

export function isSameWork(
  a: { words: number; sketch: readonly number[] },
  b: { words: number; sketch: readonly number[] },
): boolean {
  return Math.min(a.words, b.words) >= 2 && likeness(a.sketch, b.sketch) >= SAME_WORK;
}
