/**
 * The words that a match of a pattern can begin with, cut to so many letters. For patterns as they are written for phrases:
 * literal letters, alternatives, `[sz]`, `?`, and whatever they like behind the first letters of the first word. Throws where
 * a pattern leaves the first word open.
 */
export function openingsOf(source: string, letters: number): ReadonlySet<string> {
  let at = 0;

  function matchHere(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  }

  /** All that can stand behind `before` up to the end of the group. */
  function alternatives(before: ReadonlySet<string>): Set<string> {
    const all = new Set<string>();
    for (;;) {
      let here = new Set(before);
      while (at < source.length && !/[|)]/.test(source[at] as string)) {
        if ([...here].every(hasEnded)) skip();
        else here = quantified(here);
      }
      for (const word of here) all.add(word);
      if (source[at] !== "|") return all;
      at++;
    }
  }

  /** Goes to the end of the alternative. */
  function skip(): void {
    for (let depth = 0; at < source.length;) {
      const token = matchHere(TOKEN) ?? "";
      if (depth === 0 && /[|)]/.test(token)) return;
      if (token.startsWith("(")) depth++;
      else if (token === ")") depth--;
      at += token.length;
    }
  }

  function quantified(before: Set<string>): Set<string> {
    const start = at;
    let after = item(before);
    const quantifier = matchHere(QUANTIFIER);
    if (quantifier === undefined) return after;
    const end = at + quantifier.length;
    const optional = quantifier !== "+";
    const all = new Set([...(optional ? before : []), ...after]);
    for (let times = 1; quantifier !== "?" && times < letters; times++) {
      at = start;
      after = item(after);
      for (const word of after) all.add(word);
    }
    at = end;
    return all;
  }

  function item(before: Set<string>): Set<string> {
    const token = matchHere(TOKEN) ?? "";
    at += token.length;
    if (token.startsWith("(")) {
      const inside = alternatives(token === "(?:" ? before : new Set());
      at++;
      return token === "(?:" ? inside : before;
    }
    if (token === "^") return before;
    return new Set([...before].flatMap((word) => extend(word, token)));
  }

  /** A word that is shorter carries a space. */
  function hasEnded(word: string): boolean {
    return word.length >= letters || word.endsWith(" ");
  }

  function extend(word: string, token: string): string[] {
    if (hasEnded(word)) return [word];
    if (token === String.raw`\b`) return [word === "" ? "" : `${word} `];
    const characters = token.startsWith("[") ? [...token.slice(1, -1)] : [token.replace(/^\\(?=\W)/, "")];
    if (characters.some((character) => character.length > 1) || token === "." || token.startsWith("[^"))
      throw new Error(`"${source}" leaves the word open that it begins with`);
    return characters.map((character) => (/\w/.test(character) ? word + character : `${word} `));
  }

  const words = alternatives(new Set([""]));
  for (const word of words)
    if (word.trim() === "" || !hasEnded(word))
      throw new Error(`"${source}" leaves the word open that it begins with`);
  return new Set([...words].map((word) => word.trimEnd()));
}

const QUANTIFIER = /[?*+]|\{0,\d+\}/y;
const TOKEN = /\(\?(?:<?[=!]|:)|\\.|\[\^?(?:\\.|[^\]])*\]|[^]/y;
