import { openingsOf } from "./openings.ts";

/** The first letters of a word, by which phrases are found. */
const LETTERS = 4;

/**
 * Finds which of many named phrases stand in a text (lower case), in their order in the text, those that begin at the same
 * word in the order given. Each is a pattern that begins at a word. One pass over the text: at each word only the
 * phrases are tried that can begin with it.
 */
export function createFinder<Name extends string>(
  phrases: readonly (readonly [Name, RegExp])[],
): (text: string) => ReadonlySet<Name> {
  let index: PhraseIndex<Name> | undefined;
  return (text) => {
    index ??= indexPhrases(phrases);
    const found = new Set<Name>();
    let [key, start] = [0, -1];
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : 0;
      if (isWordCode(code)) {
        if (start < 0) start = at;
        if (at - start < LETTERS) key = (key << 7) | code;
      } else if (start >= 0) {
        const candidates = index.get(key);
        if (candidates) addFound(found, candidates, text, start);
        [key, start] = [0, -1];
      }
    }
    return found;
  };
}

interface Phrase<Name> {
  name: Name;
  /** Sticky. */
  pattern: RegExp;
}

type PhraseIndex<Name> = ReadonlyMap<number, readonly Phrase<Name>[]>;

function indexPhrases<Name>(phrases: readonly (readonly [Name, RegExp])[]): PhraseIndex<Name> {
  const index = new Map<number, Phrase<Name>[]>();
  for (const [name, { source }] of phrases) {
    const phrase = { name, pattern: new RegExp(source, "y") };
    for (const opening of openingsOf(source, LETTERS)) {
      const key = keyOf(opening);
      const known = index.get(key);
      if (known) known.push(phrase);
      else index.set(key, [phrase]);
    }
  }
  return index;
}

function addFound<Name>(
  found: Set<Name>,
  candidates: readonly Phrase<Name>[],
  text: string,
  at: number,
): void {
  for (const { name, pattern } of candidates) {
    if (found.has(name)) continue;
    pattern.lastIndex = at;
    if (pattern.test(text)) found.add(name);
  }
}

function keyOf(letters: string): number {
  let key = 0;
  for (const letter of letters) key = (key << 7) | letter.charCodeAt(0);
  return key;
}

/** Returns what `\w` means. */
function isWordCode(code: number): boolean {
  return (code > 96 && code < 123) || (code > 47 && code < 58) || code === 95 || (code > 64 && code < 91);
}
