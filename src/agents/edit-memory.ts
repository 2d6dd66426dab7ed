import { eolOf } from "./edit-json.ts";

/** Appends a paragraph to a text of Markdown. Every other byte stays. */
export function appendParagraph(text: string, paragraph: string): string {
  return text + joint(text) + paragraph + eolOf(text);
}

/** Removes a paragraph that was appended; undefined if it is not there as a line of its own. */
export function removeParagraph(text: string, paragraph: string): string | undefined {
  const eol = eolOf(text);
  const at = `${eol}${text}`.lastIndexOf(eol + paragraph + eol);
  if (at < 0) return undefined;
  const [before, after] = [text.slice(0, at), text.slice(at + paragraph.length + eol.length)];
  // The empty line above came with it, if it stands at the end.
  if (after !== "" || !before.endsWith(eol + eol)) return before + after;
  return before.slice(0, -eol.length);
}

/** Ends the last line and leaves one empty. */
function joint(text: string): string {
  const eol = eolOf(text);
  if (text === "" || text.endsWith(eol + eol)) return "";
  return text.endsWith(eol) ? eol : eol + eol;
}
