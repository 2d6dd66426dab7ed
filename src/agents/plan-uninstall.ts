import { join } from "node:path";
import { isObject } from "../domain/objects.ts";
import { POLICY_FILE } from "../policy/places.ts";
import { type PlannedChange, changeOf, isPending, type Target } from "./change.ts";
import { parseJsonObject, type Json, jsonAt } from "./edit-json.ts";
import { removeItem } from "./edit-json-list.ts";
import { planUndo, readEntries } from "./journal.ts";
import { type Lock, LOCK_NAME, NO_LOCK, parseLock } from "./lock.ts";
import { planOrphan } from "./plan.ts";
import { readTarget } from "./target-files.ts";

/**
 * Plans the changes that take everything of rolecall out of a folder. Every apply of the journal is reverted, the latest first. The lock
 * says what is left to remove: files and settings of applies that the journal no longer holds, or that another clone made. Writes nothing.
 */
export function planUninstall(target: Target): PlannedChange[] {
  const files = createFiles(target);
  const lock = readLock(target, files);
  const [reverted, edited] = [new Set<string>(), new Set<string>()];
  for (const { entry } of readEntries(target).toReversed())
    for (const { path, after, conflicts } of planUndo(entry, files.read)) {
      (conflicts.length > 0 ? edited : reverted).add(path);
      if (conflicts.length === 0) files.write(path, after);
    }
  removeLocked(lock, files, (path) => edited.has(path) || !reverted.has(path));
  files.write(lockPathOf(target), undefined);
  for (const name of ["settings.json", "settings.local.json"]) removeHooks(files, `${target.prefix}${name}`);
  const policy = target.policyFile ?? POLICY_FILE;
  if (files.read(policy))
    files.note(policy, "stays: your policy was edited since, or is not from this machine");
  return files.changes();
}

/** The files of a folder as planned so far. */
interface PlannedTree {
  read: (path: string) => Buffer | undefined;
  write: (path: string, bytes: Buffer | undefined) => void;
  note: (path: string, text: string) => void;
  changes: () => PlannedChange[];
}

function createFiles(target: Target): PlannedTree {
  const before = new Map<string, Buffer | undefined>();
  const after = new Map<string, Buffer | undefined>();
  const notes = new Map<string, string>();
  const read = (path: string): Buffer | undefined => {
    if (!before.has(path)) before.set(path, readTarget(target, path));
    return after.has(path) ? after.get(path) : before.get(path);
  };
  return {
    read,
    write: (path, bytes) => void (read(path), after.set(path, bytes)),
    note: (path, text) => void (read(path), notes.set(path, text)),
    changes: () =>
      [...before]
        .map(([path, bytes]) => {
          const note = notes.get(path);
          return changeOf(path, bytes, read(path), note === undefined ? {} : { notes: [note] });
        })
        .filter((change) => isPending(change) || change.notes.length > 0),
  };
}

function readLock(target: Target, files: PlannedTree): Lock {
  const path = lockPathOf(target);
  const text = files.read(path)?.toString("utf8");
  return text === undefined ? NO_LOCK : parseLock(text, join(target.root, path));
}

function lockPathOf({ prefix }: Target): string {
  return `${prefix}${LOCK_NAME}`;
}

/** Removes the files and settings of a lock that the journal could not revert. What the user edited stays, with a note. */
function removeLocked(lock: Lock, files: PlannedTree, isLeft: (path: string) => boolean): void {
  for (const [path, locked] of Object.entries(lock.files)) {
    const bytes = files.read(path);
    if (!bytes || !isLeft(path)) continue;
    const { change } = planOrphan({ lock, files: new Map([[path, bytes]]) }, path, locked);
    files.write(path, change.after);
    if (!isPending(change)) files.note(path, "stays: it was there before, or was edited since");
  }
}

const OWN_COMMAND = /^(?:npx (?:-y )?)?rolecall(?:@\S+)? /;

/** Removes hooks and a status line that run rolecall from a settings file. */
function removeHooks(files: PlannedTree, path: string): void {
  let text = files.read(path)?.toString("utf8");
  const hooks = jsonAt(parseJsonObject(text ?? ""), ["hooks"]);
  if (text === undefined || !isObject(hooks)) return;
  for (const [event, items] of Object.entries(hooks))
    for (const item of Array.isArray(items) ? (items as readonly Json[]) : [])
      if (isOwn(item)) text = removeItem(text, ["hooks", event], item) ?? text;
  files.write(path, Buffer.from(text));
}

/** Returns whether every command of an entry runs rolecall. */
function isOwn(item: Json): boolean {
  const hooks = (item as { hooks?: unknown } | null)?.hooks;
  const commands = Array.isArray(hooks) ? (hooks as readonly { command?: unknown }[]) : [];
  return commands.length > 0 && commands.every((one) => OWN_COMMAND.test(String(one?.command)));
}
