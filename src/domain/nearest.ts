/** Returns the candidate closest to a misspelt word; undefined if none is similar enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Returns the hint for a word that is not in a closed list: the list, and the word of it that was probably meant. */
export function expectOneOf(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return `Expected one of ${known.join(", ")}.${meant === undefined ? "" : ` Try ${meant}.`}`;
}

const LONGEST = 64;

/** Counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(from: string, to: string): number {
  if (from.length > LONGEST || to.length > LONGEST) return Infinity;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (same ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

/**
 * Returns the candidate that is one typo away from a word, if there is only one: a letter too many, missing, wrong or swapped with its
 * neighbour. Digits must be the same, because another number is another model.
 */
export function typoOf(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const found = candidates.filter(
    (candidate) =>
      digitsOf(candidate) === digitsOf(word) && editDistance(lower, candidate.toLowerCase()) <= 1,
  );
  return found.length === 1 ? found[0] : undefined;
}

function digitsOf(word: string): string {
  return word.replaceAll(/\D+/g, " ").trim();
}
