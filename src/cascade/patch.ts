import { type ComparedLine, compareLines } from "../domain/lines.ts";
import type { FileChange, FileState } from "./change.ts";

/** Lines of context around each difference. */
const CONTEXT = 3;

/** Changes as a unified patch that `git apply` and `patch -p1` take; of files that are no text it only says that they differ. */
export function formatPatch(changes: readonly FileChange[]): string {
  return changes.map(formatFile).join("");
}

function formatFile({ path, before, after }: FileChange): string {
  const head = [`diff --git a/${path} b/${path}`];
  if (!before) head.push(`new file mode ${modeOf(after)}`);
  else if (!after) head.push(`deleted file mode ${modeOf(before)}`);
  else if (before.kind !== after.kind) head.push(`old mode ${modeOf(before)}`, `new mode ${modeOf(after)}`);
  const [from, to] = [before ? `a/${path}` : "/dev/null", after ? `b/${path}` : "/dev/null"];
  if (!isText(before) || !isText(after))
    return `${[...head, `Binary files ${from} and ${to} differ`].join("\n")}\n`;
  const hunks = formatHunks(compareLines(linesOf(before), linesOf(after)));
  if (hunks === "") return `${head.join("\n")}\n`;
  return `${[...head, `--- ${from}`, `+++ ${to}`].join("\n")}\n${hunks}`;
}

/** Git's own rule: a zero byte near the beginning makes it binary. */
function isText(state: FileState | undefined): boolean {
  return !state?.bytes.subarray(0, 8000).includes(0);
}

/** Lines with their line breaks: one that lacks it is another line than one that has it. */
function linesOf(state: FileState | undefined): string[] {
  return state?.bytes.toString("utf8").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function modeOf(state: FileState | undefined): string {
  if (state?.kind === "link") return "120000";
  return state?.kind === "program" ? "100755" : "100644";
}

function formatHunks(lines: readonly ComparedLine[]): string {
  let [oldLine, newLine] = [1, 1];
  let hunks = "";
  for (const group of groupLines(lines)) {
    const count = (mark: "+" | "-"): number => group.lines.filter(([found]) => found !== mark).length;
    oldLine += group.skipped;
    newLine += group.skipped;
    const [oldCount, newCount] = [count("+"), count("-")];
    if (group.lines.some(([mark]) => mark !== " ")) {
      hunks += `@@ -${range(oldLine, oldCount)} +${range(newLine, newCount)} @@\n`;
      for (const [mark, line] of group.lines)
        hunks += line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
    }
    oldLine += oldCount;
    newLine += newCount;
  }
  return hunks;
}

/** `0,0` where there is no line at all. */
function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** Differences with their context; those that touch are one group. `skipped`: common lines before it. */
function groupLines(lines: readonly ComparedLine[]): { skipped: number; lines: ComparedLine[] }[] {
  const near = lines.map(([mark]) => mark !== " ");
  const shown = near.map((_, at) => near.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).includes(true));
  const groups: { skipped: number; lines: ComparedLine[] }[] = [];
  let skipped = 0;
  lines.forEach((line, at) => {
    if (!shown[at]) skipped++;
    else if (at > 0 && shown[at - 1]) groups.at(-1)?.lines.push(line);
    else {
      groups.push({ skipped, lines: [line] });
      skipped = 0;
    }
  });
  return groups;
}
