/**
 * The words that a match of a pattern can begin with, cut to so many letters. For patterns as phrases are written: literal
 * letters, alternatives, `[sz]` and `?`; behind the first letters of the first word, whatever they like. Throws where a
 * pattern leaves open how its first word begins.
 */
export function openingsOf(source: string, letters: number): ReadonlySet<string> {
  return new Set(alternativesOf(source).flatMap((pattern) => follow(pattern, "", letters)));
}

/** Returns how the words can begin that `word` and what matches `pattern` make up. A word that is shorter ends with a space. */
function follow(pattern: string, word: string, letters: number): string[] {
  if (word === " ") throw new Error("a phrase begins with no word");
  if (word.length >= letters || word.endsWith(" ")) return [word.trimEnd()];
  const { item, quantifier, rest } = firstOf(pattern);
  if (quantifier === "+") return follow(`${item}${item}*${rest}`, word, letters);
  const without = quantifier === "" ? [] : follow(rest, word, letters);
  const behind = quantifier === "" || quantifier === "?" ? rest : `${item}${quantifier}${rest}`;
  if (item.startsWith("(?:"))
    return alternativesOf(item.slice(3, -1)).reduce(
      (words, one) => words.concat(follow(one + behind, word, letters)),
      without,
    );
  return without.concat(extend(word, item).flatMap((longer) => follow(behind, longer, letters)));
}

function extend(word: string, item: string): string[] {
  if (item === "^" || item.startsWith("(") || (item === EDGE && word === "")) return [word];
  if (item === EDGE) return [`${word} `];
  const characters = item.startsWith("[") ? item.slice(1, -1) : item.replace(/^\\(?=\W)/, "");
  if (item === "." || item.startsWith("[^") || characters.includes("\\"))
    throw new Error(`a phrase leaves open how its word begins: ${item}`);
  return Array.from(characters, (character) => (/\w/.test(character) ? word + character : `${word} `));
}

const EDGE = String.raw`\b`;
/** Sticky: the rest of a pattern is long, and only its beginning is read. */
const TOKEN = /\\.|\[(?:\\.|[^\]])*\]|[^]/y;

function alternativesOf(pattern: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < pattern.length; at = TOKEN.lastIndex) {
    const token = tokenAt(pattern, at);
    depth += depthOf(token);
    if (token !== "|" || depth > 0) continue;
    found.push(pattern.slice(start, at));
    start = at + 1;
  }
  return [...found, pattern.slice(start)];
}

/** Returns the token at a place. `TOKEN.lastIndex` is behind it. */
function tokenAt(pattern: string, at: number): string {
  TOKEN.lastIndex = at;
  return TOKEN.exec(pattern)?.[0] ?? "";
}

/** Returns what a pattern begins with, a group as a whole. */
function firstOf(pattern: string): { item: string; quantifier: string; rest: string } {
  let end = 0;
  let depth = 0;
  do {
    depth += depthOf(tokenAt(pattern, end));
    end = TOKEN.lastIndex;
  } while (depth > 0 && end > 0);
  if (end === 0) throw new Error("a phrase ends within the letters that it is found by");
  QUANTIFIER.lastIndex = end;
  const quantifier = QUANTIFIER.exec(pattern)?.[0] ?? "";
  return { item: pattern.slice(0, end), quantifier, rest: pattern.slice(end + quantifier.length) };
}

const QUANTIFIER = /(?:[?*+]|\{0,\d+\})/y;

function depthOf(token: string): number {
  return token === "(" ? 1 : token === ")" ? -1 : 0;
}
