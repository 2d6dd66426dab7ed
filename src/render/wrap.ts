import type { Surface } from "./style.ts";
import { visibleWidth } from "./table.ts";
import { plainLine } from "./text.ts";

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

/** Returns the columns that prose takes: at most 120, and 100 in a pipe. */
export function proseWidth({ width }: Surface): number {
  return width === 0 ? 100 : Math.min(width, 120);
}

/** Draws facts in two columns: labels of `indent` columns, and beside each its text, broken where it is too long. */
export function factLines(
  facts: readonly (readonly [label: string, text: string])[],
  indent: number,
  surface: Surface,
): string[] {
  return facts.flatMap(([label, text]) =>
    wrap(plainLine(text), proseWidth(surface) - indent).map(
      (line, i) => `${surface.style("dim", (i === 0 ? label : "").padEnd(indent))}${line}`,
    ),
  );
}
