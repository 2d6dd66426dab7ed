import { fnv1a } from "./hash.ts";

/**
 * Words as hashes of a fixed length, with the punctuation between them as it was. Two texts that were hashed alike can be compared as
 * the texts themselves: for equality, by their beginning, and as a part of each other, from one whole word to another.
 */
const SIGN = "¤";
const DIGITS = 7;
const HASHED = /^¤[\da-z]{7}$/;

/** Returns a path with each of its segments hashed. What stands between slashes and double colons is one segment. */
export function hashPath(path: string): string {
  return path.replaceAll(/(?:[^/:]|(?<!:):(?!:))+/g, (segment) =>
    /^\.{1,3}$/.test(segment) ? segment : hashWord(segment),
  );
}

/** Returns a name with each of its words hashed: `Test`, `Cache` and `hit` of `TestCache_hit`. */
export function hashName(name: string): string {
  return name.replaceAll(
    /¤[\da-z]{7}|\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+|[^\s\p{L}\p{N}_.:/-]+|\p{L}+/gu,
    hashWord,
  );
}

/** Returns the hash of a text that is only compared as a whole. */
export function hashWhole(text: string): string {
  return text === "" ? "" : hashWord(text);
}

/** A word that is hashed stays as it is. */
function hashWord(word: string): string {
  return HASHED.test(word) ? word : SIGN + fnv1a(word).toString(36).padStart(DIGITS, "0");
}
