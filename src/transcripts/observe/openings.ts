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
const TOKEN = /\\.|\[(?:\\.|[^\]])*\]|[^]/g;
const tokensOf = (pattern: string): string[] => pattern.match(TOKEN) ?? [];

function alternativesOf(pattern: string): string[] {
  const found = [""];
  let depth = 0;
  for (const token of tokensOf(pattern)) {
    depth += depthOf(token);
    if (token === "|" && depth === 0) found.push("");
    else found.push((found.pop() ?? "") + token);
  }
  return found;
}

/** Returns what a pattern begins with, a group as a whole. */
function firstOf(pattern: string): { item: string; quantifier: string; rest: string } {
  let item = "";
  let depth = 0;
  for (const token of tokensOf(pattern)) {
    item += token;
    depth += depthOf(token);
    if (depth === 0) break;
  }
  if (item === "") throw new Error("a phrase ends within the letters that it is found by");
  const quantifier = /^(?:[?*+]|\{0,\d+\})/.exec(pattern.slice(item.length))?.[0] ?? "";
  return { item, quantifier, rest: pattern.slice(item.length + quantifier.length) };
}

function depthOf(token: string): number {
  return token === "(" ? 1 : token === ")" ? -1 : 0;
}
