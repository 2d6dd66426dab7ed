import { visibleWidth } from "./table.ts";

/** Breaks the lines that are wider than the terminal between words, indented as they are; 0 columns break nothing. */
export function wrapWide(text: string, width: number): string {
  if (width === 0) return text;
  const broken = text.split("\n").map((line) => {
    if (visibleWidth(line) <= width) return line;
    const look = line.slice(0, lengthOfLook(line));
    const [indent = ""] = /^ */.exec(line.slice(look.length)) ?? [];
    const rest = wrap(look + line.slice(look.length + indent.length), width - indent.length);
    return rest.map((part) => indent + part).join("\n");
  });
  return broken.join("\n");
}

/** Returns the length of the sequences that color the start of a line. */
function lengthOfLook(line: string): number {
  let end = 0;
  while (line[end] === "\u001b") end = line.indexOf("m", end) + 1 || line.length;
  return end;
}

/** Text in lines of at most `width` columns, broken between words, whose spaces go; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && visibleWidth(last) + 1 + visibleWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== "" || last === undefined) lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}
