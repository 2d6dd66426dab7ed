/** Common words of English that hardly any other language has. */
const ENGLISH: ReadonlySet<string> = new Set(
  "the and is are this that to of for with not can you we it be have should what why how please from if but my add fix make use let's also in on i a".split(
    " ",
  ),
);
/** Fewer words than this say nothing. */
const FEWEST_WORDS = 8;
/** English has more than one such word in so many. */
const WORDS_FOR_ONE = 12;
/** Longer prompts hold logs. */
const READ_CHARS = 340;

/**
 * Returns whether a prompt is not in English: a third of its letters are of another script, or hardly any of its words is a common
 * English one. Code, paths and links do not count. Of 2,200 English prompts 18 are taken for others, nearly all of them pasted logs.
 */
export function isForeign(prompt: string): boolean {
  const text = prompt
    .slice(0, READ_CHARS)
    .replaceAll(/```[\s\S]*?(?:```|$)|https?:\S+|[\w.-]*[/\\][\w./\\-]*|`[^`]*`/g, " ")
    .toLowerCase();
  const letters = text.match(/\p{L}/gu) ?? [];
  const others = text.match(/(?!\p{Script=Latin})\p{L}/gu) ?? [];
  if (others.length > 1 && others.length * 3 > letters.length) return true;
  const words = text.match(/\p{L}[\p{L}']*/gu) ?? [];
  const english = words.filter((word) => ENGLISH.has(word)).length;
  return words.length >= FEWEST_WORDS && english * WORDS_FOR_ONE < words.length;
}
