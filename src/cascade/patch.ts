import { isUtf8 } from "node:buffer";
import { formatHunks } from "../domain/diff.ts";
import { formatBinary, formatIndex } from "./binary-patch.ts";
import type { FileChange, FileState } from "./file-state.ts";

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
  const hunks = formatHunks(textOf(before), textOf(after));
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

function textOf(state: FileState | undefined): string {
  return state?.bytes.toString("utf8") ?? "";
}

function modeOf(state: FileState | undefined): string {
  if (state?.kind === "link") return "120000";
  return state?.kind === "program" ? "100755" : "100644";
}
