import { dirname } from "node:path";
import { messageOf, RolecallError } from "../errors.ts";
import { isPending, type PlannedChange, sameBytes, type Target } from "./change.ts";
import {
  forgetEntry,
  planUndo,
  readEntries,
  readJournal,
  removeIdleJournal,
  writeJournal,
} from "./journal.ts";
import type { AdviceRecord } from "../domain/decision.ts";
import { readTarget, removeTarget, sweepBeside, writeTarget } from "./target-files.ts";

/**
 * Makes changes on disk, each file in one step, after recording in the journal how to revert them. A kill at any moment leaves each
 * file old or new; running apply or undo again completes or reverts the rest. Returns the changes that were made. Throws
 * RolecallError before the first write if a file changed since it was read or a path leads through a link.
 */
export function applyChanges(
  target: Target,
  changes: readonly PlannedChange[],
  at: Date,
  advice?: AdviceRecord,
): PlannedChange[] {
  const pending = changes.filter(isPending);
  if (pending.length === 0 && !advice) return [];
  for (const change of pending) assertUntouched(target, change);
  return orExplain(target, () => {
    writeJournal(target, pending, at, advice);
    writeChanges(target, changes);
    return pending;
  });
}

/** Reads what undo would do; undefined if there is nothing to revert. */
export function readUndo(target: Target): { at: string; changes: PlannedChange[] } | undefined {
  const last = readJournal(target);
  return last && { at: last.entry.at, changes: planUndo(last.entry, (path) => readTarget(target, path)) };
}

/**
 * Reverts the apply of the moment `at` (as in its journal entry), except for the files that were edited since. Returns the changes
 * that were made. Throws RolecallError if that is not the last apply any more.
 */
export function undoLast(target: Target, at: string): PlannedChange[] {
  return orExplain(target, () => {
    const last = readJournal(target);
    if (last?.entry.at !== at)
      throw new RolecallError("undo: another rolecall has changed this folder; nothing was reverted", {
        hint: "Try rolecall undo again: it shows what is there now.",
      });
    const changes = planUndo(last.entry, (path) => readTarget(target, path));
    writeChanges(target, changes);
    forgetEntry(target, last);
    return changes.filter(isPending);
  });
}

/**
 * Makes the changes of an uninstall, then removes the journal with the folders that applies had created. Killed on the way, it can be run
 * again. Returns the changes that were made.
 */
export function uninstall(target: Target, changes: readonly PlannedChange[]): PlannedChange[] {
  const pending = changes.filter(isPending);
  for (const change of pending) assertUntouched(target, change);
  return orExplain(target, () => {
    writeChanges(target, pending);
    for (const entry of readEntries(target).toReversed()) forgetEntry(target, entry);
    removeIdleJournal(target);
    return pending;
  });
}

/** Removes what a killed apply left in the journal's folder before it had recorded anything. */
export function tidyJournal(target: Target): void {
  orExplain(target, () => removeIdleJournal(target));
}

function writeChanges(target: Target, changes: readonly PlannedChange[]): void {
  const onePerFolder = new Map(changes.map(({ path }) => [dirname(path), path]));
  for (const path of onePerFolder.values()) sweepBeside(target, path);
  for (const { path, after } of changes.filter(isPending))
    if (after) writeTarget(target, path, after);
    else removeTarget(target, path);
}

/** Runs a step that writes. Adds the place, and the next step for the user, to errors of the file system. */
function orExplain<T>({ root }: Target, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (cause instanceof RolecallError) throw cause;
    throw new RolecallError(`${root}: cannot be written: ${messageOf(cause)}`, {
      hint: "Try the command again, or rolecall undo to revert what was written. Each file has its old or its new content.",
      cause,
    });
  }
}

function assertUntouched(target: Target, { path, before }: PlannedChange): void {
  if (sameBytes(readTarget(target, path), before)) return;
  throw new RolecallError(`${path}: changed in the meantime; nothing was written`, {
    hint: "Try the command again.",
  });
}
