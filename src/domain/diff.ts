import { compareLines, type ComparedLine } from "./lines.ts";

/** Lines of context around each difference. */
const CONTEXT = 3;

/** Formats the differences of two texts as the hunks of a unified diff, without file names. */
export function formatHunks(before: string, after: string): string {
  if (before === after) return "";
  const lines = compareLines(splitLines(before), splitLines(after));
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([mark]) => mark !== " "),
  );
  let [out, oldLine, newLine] = ["", 1, 1];
  lines.forEach(([mark, text], at) => {
    if (shown[at] && !shown[at - 1])
      out += formatHeader(lines.slice(at, endOfHunk(shown, at)), oldLine, newLine);
    if (shown[at]) out += `${mark}${text}${text.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`;
    if (mark !== "+") oldLine++;
    if (mark !== "-") newLine++;
  });
  return out;
}

function endOfHunk(shown: readonly boolean[], from: number): number {
  const end = shown.indexOf(false, from);
  return end < 0 ? shown.length : end;
}

/** Formats `@@ -3,4 +3,5 @@`; a side without lines names the line before. */
function formatHeader(hunk: readonly ComparedLine[], oldLine: number, newLine: number): string {
  const oldCount = hunk.filter(([mark]) => mark !== "+").length;
  const newCount = hunk.filter(([mark]) => mark !== "-").length;
  return `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n`;
}

function range(line: number, count: number): string {
  return `${count === 0 ? line - 1 : line},${count}`;
}

/** Splits a text into lines with their line breaks, so that a changed line break is a difference. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
