import { compareLines } from "../domain/lines.ts";

/** Lines of context around each difference. */
const CONTEXT = 2;

/** The differences of two texts as people read them: `- old`, `+ new`, a little context, `@@` where lines are left out. */
export function formatDiff(before: string, after: string): string {
  if (before === after) return "";
  const lines = compareLines(splitLines(before), splitLines(after));
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(([mark]) => mark !== " "),
  );
  const out: string[] = [];
  lines.forEach(([mark, text], at) => {
    if (!shown[at]) return;
    if (at > 0 && !shown[at - 1]) out.push("@@");
    out.push(`${mark} ${text}`.trimEnd());
  });
  return `${out.join("\n")}\n`;
}

function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else lines.push("\\ no newline at the end");
  return lines.map((line) => line.replace(/\r$/, "␍"));
}
