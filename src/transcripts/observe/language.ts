const setOf = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Common words of English. */
const ENGLISH = setOf(
  "the and is are this that to of for with not can you we it be have should what why how please from if but my i a in on as at by",
);
/** Common words of German, Spanish, French, Portuguese, Italian, Dutch, Polish and Turkish. */
const OTHERS = setOf(
  "der die das und ist nicht mit für ein eine ich wir auf den dem zu bitte noch wie el los las que una por para con está del cuando le les des une est pas dans pour avec sur qui não uma com os il che non per sono della un een het niet voor en van nie się jest na do z że i w bir ve için bu de la",
);
/** Longer prompts hold logs. */
const READ_CHARS = 340;

/**
 * Returns whether a prompt is not in English: a third of its letters are of another script, or at least two of its words are common in
 * other languages, and more of them than in English. Code, paths and links do not count.
 */
export function isForeign(prompt: string): boolean {
  const text = prompt.slice(0, READ_CHARS).replaceAll(NOT_PROSE, " ").toLowerCase();
  const isAscii = !NOT_ASCII.test(text); // classes of Unicode are slow
  if (!isAscii && isOfOtherScript(text)) return true;
  const words = text.match(isAscii ? /[a-z][a-z']*/g : /\p{L}[\p{L}']*/gu) ?? [];
  const foreign = words.filter((word) => OTHERS.has(word)).length;
  return foreign > 1 && foreign > words.filter((word) => ENGLISH.has(word)).length;
}

const NOT_PROSE = /```[\s\S]*?(?:```|$)|https?:\S+|[\w.-]*[/\\][\w./\\-]*|`[^`]*`/g;
const NOT_ASCII = /[^\0-\x7f]/;

function isOfOtherScript(text: string): boolean {
  const others = text.match(/(?!\p{Script=Latin})\p{L}/gu) ?? [];
  return others.length > 1 && others.length * 3 > (text.match(/\p{L}/gu) ?? []).length;
}
