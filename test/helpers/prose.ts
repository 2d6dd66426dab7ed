/** A comment, a string, a template or a regular expression of TypeScript. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|'(?:[^'\\\n]|\\.)*'|\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/g;

/** Blanks everything of a file that is not words for people: of TypeScript, comments and strings stay. Lines keep their numbers. */
export function proseOf(file: string, text: string): string {
  if (!file.endsWith(".ts")) return text;
  let prose = "";
  let end = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    prose +=
      blank(text.slice(end, index)) +
      (isProse(token, text.slice(0, index)) ? withoutCode(token) : blank(token));
    end = index + token.length;
  }
  return prose + blank(text.slice(end));
}

/** Paths of modules and regular expressions are code. */
function isProse(token: string, before: string): boolean {
  if (token.startsWith("/")) return token.startsWith("//") || token.startsWith("/*");
  return !/(?:from|import\()\s*$/.test(before.slice(-20));
}

function withoutCode(token: string): string {
  return token.replaceAll(/\$\{[^}]*\}/g, blank);
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}
