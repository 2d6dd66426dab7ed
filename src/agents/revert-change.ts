import { isDeepStrictEqual } from "node:util";
import type { PatchValue, PatchWrite } from "../domain/simulation.ts";
import { applyChanges, undoLast } from "./apply.ts";
import { type PlannedChange, changeOf, hasConflicts, isPending, type Target } from "./change.ts";
import { editFrontMatter } from "./edit-frontmatter.ts";
import { editJson, type Json, jsonAt, parseJsonObject } from "./edit-json.ts";
import { removeItem } from "./edit-json-list.ts";
import { removeParagraph } from "./edit-memory.ts";
import { parseFrontMatter } from "./frontmatter.ts";
import { findJournal, planUndo, readJournal } from "./journal.ts";
import { readTarget } from "./target-files.ts";

/**
 * Plans to revert patches that were written at a moment (as in the journal): byte for byte where a file was not edited since, otherwise
 * what the patches wrote goes back to its former value and the user's edits stay. Writes nothing.
 */
export function planRevert(target: Target, at: string, writes: readonly PatchWrite[]): PlannedChange[] {
  const read = (path: string) => readTarget(target, path);
  const entry = findJournal(target, at);
  const untouched = entry ? planUndo(entry, read).filter(({ conflicts }) => conflicts.length === 0) : [];
  const exact = new Set(untouched.map(({ path }) => path));
  const edited = [...new Set(writes.map(({ path }) => path))].filter((path) => !exact.has(path));
  const merged = edited.map((path) => putBack(path, read(path), writes));
  return [...untouched, ...merged].filter((change) => isPending(change) || change.notes.length > 0);
}

/** Carries out a plan; returns the changes that were made. */
export function revertWrites(
  target: Target,
  at: string,
  changes: readonly PlannedChange[],
  now: Date,
): PlannedChange[] {
  const last = readJournal(target)?.entry;
  const isExact = last?.at === at && !hasConflicts(planUndo(last, (path) => readTarget(target, path)));
  return isExact ? undoLast(target, at) : applyChanges(target, changes, now);
}

/** Returns whether everything that was written is still there. */
export function isWritten(target: Target, writes: readonly PatchWrite[]): boolean {
  return writes.every((write) => {
    const bytes = readTarget(target, write.path);
    return bytes !== undefined && holds(bytes, write);
  });
}

function holds(bytes: Buffer, { kind, key, after }: PatchWrite): boolean {
  if (kind === "file") return true;
  if (kind === "front-matter") return parseFrontMatter(bytes).keys[key[0] ?? ""] === after;
  const text = bytes.toString("utf8");
  if (kind === "line") return text.split(/\r?\n/).includes(textOf(after));
  const found = jsonAt(parseJsonObject(text), key);
  if (kind === "key") return isDeepStrictEqual(found, after);
  return Array.isArray(found) && (found as readonly Json[]).some((item) => isDeepStrictEqual(item, after));
}

function textOf(value: PatchValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Puts a file that was edited back, as far as what was written is still there. */
function putBack(path: string, before: Buffer | undefined, writes: readonly PatchWrite[]): PlannedChange {
  let bytes = before;
  const notes: string[] = [];
  for (const write of writes.filter((one) => one.path === path).toReversed()) {
    const next = bytes && holds(bytes, write) ? without(bytes, write) : undefined;
    if (next) bytes = next;
    else notes.push(`${write.key.join(".") || "it"} was edited since, and is left as it is`);
  }
  return changeOf(path, before, bytes, { notes });
}

/** Returns a file without one write; undefined if it cannot be taken out safely. */
function without(bytes: Buffer, { kind, key, before, after }: PatchWrite): Buffer | undefined {
  if (kind === "file") return undefined;
  if (kind === "front-matter") {
    const edited = editFrontMatter(bytes, {
      [key[0] ?? ""]: typeof before === "object" ? undefined : before,
    });
    return "file" in edited ? edited.file : undefined;
  }
  const text = bytes.toString("utf8");
  if (kind === "line") return bufferOf(removeParagraph(text, textOf(after)));
  if (kind === "item") return bufferOf(removeItem(text, key, after));
  return bufferOf(editJson(text, key, before ?? undefined));
}

function bufferOf(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}
