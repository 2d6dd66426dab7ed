import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { messageOf, RolecallError } from "../errors.ts";
import { type Change, isPending, type Target } from "./change.ts";
import { planUndo, readJournal, removeJournal, writeJournal } from "./journal.ts";
import { syncFolder, TEMPORARY, writeFileAtomically } from "./write-file.ts";

/**
 * Carries out changes, each file at once, after writing down how to take them back. A kill at any moment leaves each file
 * old or new; running apply or undo again then finishes or takes back the rest. Returns the changes that were made.
 * Throws RolecallError before the first write where a file changed since it was read or a path leads through a link.
 */
export function applyChanges(target: Target, changes: readonly Change[], at: Date): Change[] {
  const pending = changes.filter(isPending);
  if (pending.length === 0) return [];
  for (const change of pending) assertUntouched(target, change);
  assertNoLinks(target, `${target.prefix}rolecall-undo/entry`);
  try {
    writeJournal(target, pending, at);
    writeChanges(target, pending);
  } catch (cause) {
    throw new RolecallError(`could not write: ${messageOf(cause)}`, {
      hint: "Each file is as it was or as it was to be; rolecall undo takes back what was written.",
      cause,
    });
  }
  return pending;
}

/** What undo would do, or undefined where there is nothing to take back. */
export function readUndo(target: Target): { at: string; changes: Change[] } | undefined {
  const last = readJournal(target);
  return last && { at: last.entry.at, changes: planUndo(last.entry, (path) => readTarget(target, path)) };
}

/** Takes the last apply back, except for the files that were edited since. Returns the changes that were made. */
export function undoLast(target: Target): Change[] {
  const last = readJournal(target);
  if (!last) return [];
  const changes = planUndo(last.entry, (path) => readTarget(target, path));
  writeChanges(target, changes);
  removeJournal(target, last.path, last.entry);
  return changes.filter(isPending);
}

/** The bytes of a file of the target; undefined where there is none. Never reads through a link. */
export function readTarget(target: Target, path: string): Buffer | undefined {
  assertNoLinks(target, path);
  const absolute = resolve(target.root, path);
  try {
    return existsSync(absolute) ? readFileSync(absolute) : undefined;
  } catch (cause) {
    throw new RolecallError(`could not read ${absolute}: ${messageOf(cause)}`, { cause });
  }
}

function writeChanges(target: Target, changes: readonly Change[]): void {
  const folders = new Set(changes.map(({ path }) => dirname(resolve(target.root, path))));
  for (const folder of folders) sweep(folder);
  for (const { path, after } of changes.filter(isPending)) {
    const absolute = resolve(target.root, path);
    if (!after) rmSync(absolute, { force: true });
    else {
      mkdirSync(dirname(absolute), { recursive: true });
      writeFileAtomically(
        absolute,
        after,
        existsSync(absolute) ? lstatSync(absolute).mode & 0o777 : undefined,
      );
    }
  }
  for (const folder of folders) syncFolder(folder);
}

/** Removes what a killed apply left half-written. */
function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (name.endsWith(TEMPORARY)) rmSync(join(folder, name), { force: true });
}

function assertUntouched(target: Target, { path, before }: Change): void {
  const now = readTarget(target, path);
  if (now && before ? now.equals(before) : now === before) return;
  throw new RolecallError(`${path} changed while this was being decided; nothing was written`, {
    hint: "Run the command again.",
  });
}

/** Every step from the root down must be a real folder and the last a real file: links could lead anywhere. */
function assertNoLinks({ root, policyFile }: Target, path: string): void {
  const absolute = resolve(root, path);
  const inside = absolute.startsWith(root.endsWith(sep) ? root : root + sep);
  if (!inside && path !== policyFile)
    throw new RolecallError(`${path} leads out of ${root}; nothing was written`);
  const steps = inside ? absolute.slice(root.length).split(sep).filter(Boolean) : [];
  let at = inside ? root : absolute;
  for (const step of ["", ...steps]) {
    if (step) at = join(at, step);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (!stats) return;
    if (at !== root && stats.isSymbolicLink())
      throw new RolecallError(`${at} is a symbolic link; rolecall writes through none`, {
        hint: "Replace it by a real file or folder, or run rolecall where it points to.",
      });
    if (at === absolute && !stats.isFile()) throw new RolecallError(`${at} is not a file`);
  }
}
