import { isUtf8 } from "node:buffer";
import { type ComparedLine, compareLines } from "../domain/lines.ts";
import { formatBinary, formatIndex } from "./binary-patch.ts";
import type { FileChange, FileState } from "./file-state.ts";

/** Lines of context around each difference. */
const CONTEXT = 3;

/** Formats changes as a patch for `git apply`, complete for files of every kind and name. */
export function formatPatch(changes: readonly FileChange[]): string {
  return changes.flatMap(splitKinds).map(formatFile).join("");
}

/** Formats changes for people: files that are not text only differ. */
export function formatDiff(changes: readonly FileChange[]): string {
  return changes
    .flatMap(splitKinds)
    .map((change) => (isText(change) ? formatFile(change) : formatDiffers(change)))
    .join("");
}

/** For git, a file that becomes a link is a file that goes and a link that comes. */
function splitKinds({ path, before, after }: FileChange): FileChange[] {
  if (!before || !after || (before.kind === "link") === (after.kind === "link"))
    return [{ path, ...(before && { before }), ...(after && { after }) }];
  return [
    { path, before },
    { path, after },
  ];
}

function formatFile(change: FileChange): string {
  const { before, after } = change;
  const head = headerOf(change);
  if (!isText(change)) return `${head}${formatIndex(change)}${formatBinary(change)}`;
  const hunks = formatHunks(compareLines(linesOf(before), linesOf(after)));
  return hunks === "" ? head : `${head}--- ${nameOf(change, "a")}\n+++ ${nameOf(change, "b")}\n${hunks}`;
}

function formatDiffers(change: FileChange): string {
  return `${headerOf(change)}Binary files ${nameOf(change, "a")} and ${nameOf(change, "b")} differ\n`;
}

function headerOf({ path, before, after }: FileChange): string {
  const head = [`diff --git ${quote(`a/${path}`)} ${quote(`b/${path}`)}`];
  if (!before) head.push(`new file mode ${modeOf(after)}`);
  else if (!after) head.push(`deleted file mode ${modeOf(before)}`);
  else if (before.kind !== after.kind) head.push(`old mode ${modeOf(before)}`, `new mode ${modeOf(after)}`);
  return `${head.join("\n")}\n`;
}

/** The name of one side; a space in it needs a tab behind it, or `patch` would take the rest for a date. */
function nameOf({ path, before, after }: FileChange, side: "a" | "b"): string {
  if (!(side === "a" ? before : after)) return "/dev/null";
  const name = quote(`${side}/${path}`);
  return name.includes(" ") && !name.startsWith('"') ? `${name}\t` : name;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** Quotes a name as git does: as in C, if it contains a control character, a quote or a backslash. */
function quote(name: string): string {
  const quoted = name.replaceAll(/./gs, (character) => ESCAPES[character] ?? octal(character));
  return quoted === name ? name : `"${quoted}"`;
}

function octal(character: string): string {
  const code = character.charCodeAt(0);
  return code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, "0")}` : character;
}

/** Text is UTF-8 without a zero byte: a patch is a text file too. */
function isText({ before, after }: FileChange): boolean {
  return [before, after].every((state) => !state || (!state.bytes.includes(0) && isUtf8(state.bytes)));
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

/** `0,0` if there is no line at all. */
function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** Groups differences with their context; those that touch are one group. `skipped`: common lines before it. */
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
