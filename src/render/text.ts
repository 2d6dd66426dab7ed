// oxlint-disable-next-line no-control-regex -- these are what must not reach a terminal
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from transcripts, files and names made harmless: no escape sequence or direction mark reaches the terminal. */
export function plainText(text: string): string {
  return text.replace(CONTROL, "�");
}

/** `plainText` on one line. */
export function plainLine(text: string): string {
  return plainText(text.replaceAll(/[\t\n\r]+/g, " "));
}

/** The first of some texts, and the number of the others: `a, b and 3 more`. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return texts.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return plainLine(/[^\\/]+$/.exec(path)?.[0] ?? path);
}

/** The control characters in a JSON text, escaped; its own line breaks are none of them. */
export function escapeControl(json: string): string {
  return json.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
