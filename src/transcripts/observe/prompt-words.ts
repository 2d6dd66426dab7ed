import { CATEGORIES } from "../../domain/task.ts";
import { WORD_WEIGHTS } from "./word-weights.ts";

/**
 * Returns how far the words of a prompt speak for each category, in the order of `CATEGORIES`, in hundredths; undefined if it holds no
 * word that says something. Only these sums are kept, and no word.
 */
export function weighWords(prompt: string): readonly number[] | undefined {
  const sums = CATEGORIES.map(() => 0);
  let isKnown = false;
  for (const word of wordsOf(prompt)) {
    const weights = WORD_WEIGHTS.get(word);
    if (!weights) continue;
    isKnown = true;
    for (let place = 0; place < sums.length; place++)
      sums[place] = (sums[place] as number) + (weights[place] as number);
  }
  return isKnown ? sums : undefined;
}

/** Number of words that are read, and of characters in which they stand. */
const MOST_WORDS = 50;
const READ_CHARS = 4000;

/** Returns the different words at the start of a prompt; a path or a code block counts as one word. */
export function wordsOf(prompt: string): ReadonlySet<string> {
  const start = prompt.slice(0, READ_CHARS).toLowerCase();
  const text = start.includes("```") ? start.replaceAll(/```[\s\S]*?(?:```|$)/g, " ``` ") : start;
  const words: string[] = [];
  // One after the other: only the first are needed.
  for (const [part] of text.matchAll(/\S+/g)) {
    if (words.length >= MOST_WORDS) break;
    if (part.includes("/") || part.includes("\\")) words.push("pathword");
    else words.push(...(part.match(/[a-z][a-z']+|\?|```|\d+\.|\$/g) ?? []));
  }
  return new Set(words.slice(0, MOST_WORDS));
}
