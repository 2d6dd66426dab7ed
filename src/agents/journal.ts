import { existsSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { AdviceKey, AdviceRecord } from "../domain/decision.ts";
import { RolecallError } from "../errors.ts";
import { changeOf, hasConflicts, type PlannedChange, sameBytes, type Target } from "./change.ts";
import { inFolder } from "./folder.ts";
import { parseFrontMatter } from "./frontmatter.ts";
import { putBack, putForward } from "./key-changes.ts";
import { isManagedPath, LOCK_NAME } from "./lock.ts";
import { readTarget, removeEmptyFolder, removeTarget, writeTarget } from "./target-files.ts";
import { sweepTemporaries } from "./write-file.ts";

/** Records an apply before it starts, so that undo can revert it. */
export interface JournalEntry {
  version: 1;
  /** Start of the apply, ISO. */
  at: string;
  files: readonly JournalFile[];
  /** Folders that it created, outermost first, relative to the root. */
  folders: readonly string[];
  /** The advice that was applied or reverted. */
  advice?: AdviceRecord;
}

interface JournalFile {
  /** Relative to the target's root; absolute for the user's policy file. */
  path: string;
  /** Base64 of the old content; null if there was no file. */
  before: string | null;
  /** Hash of what was written; null for a file that was removed. */
  after: string | null;
}

/** An entry and the path that it has in the target. */
export interface StoredEntry {
  path: string;
  entry: JournalEntry;
}

const FOLDER = "rolecall-undo";
const IGNORE = ".gitignore";
const MOST_ENTRIES = 20;
/** Entries about advice are never removed for their age: what they say is in force. */
const ADVICE = "-advice.json";
/** The journal holds old content of files: only their owner reads it. */
const PRIVATE = { file: 0o600, folder: 0o700 };

/** Records the changes of an apply. It must succeed before the first change. */
export function writeJournal(
  target: Target,
  changes: readonly PlannedChange[],
  at: Date,
  advice?: AdviceRecord,
): void {
  const entry: JournalEntry = {
    version: 1,
    at: at.toISOString(),
    files: changes.map(({ path, before, after }) => ({
      path,
      before: before?.toString("base64") ?? null,
      after: after ? digest(after) : null,
    })),
    folders: missingFolders(target, changes),
    ...(advice && { advice }),
  };
  writeTarget(target, pathOf(target, IGNORE), Buffer.from("*\n"), PRIVATE);
  const names = listEntries(target);
  const others = names.filter((name) => !name.endsWith(ADVICE));
  const old = others.slice(0, Math.max(0, others.length + 1 - MOST_ENTRIES));
  for (const name of old) removeTarget(target, pathOf(target, name));
  const number = Number(names.at(-1)?.slice(0, 6) ?? 0) + 1;
  const name = `${String(number).padStart(6, "0")}${advice ? ADVICE : ".json"}`;
  writeEntry(target, { path: pathOf(target, name), entry });
}

/** Replaces an entry in its place. */
export function writeEntry(target: Target, { path, entry }: StoredEntry): void {
  writeTarget(target, path, Buffer.from(`${JSON.stringify(entry)}\n`), PRIVATE);
}

/** Reads every entry in order of time. */
export function readEntries(target: Target): StoredEntry[] {
  return listEntries(target).map((name) => readEntry(target, name));
}

/** Reads every entry about advice in order of time. */
export function readAdviceEntries(target: Target): StoredEntry[] {
  return listEntries(target)
    .filter((name) => name.endsWith(ADVICE))
    .map((name) => readEntry(target, name));
}

/** Reads the last apply that was not reverted, or undefined. */
export function readJournal(target: Target): StoredEntry | undefined {
  const name = listEntries(target).at(-1);
  return name === undefined ? undefined : readEntry(target, name);
}

function readEntry(target: Target, name: string): StoredEntry {
  const path = pathOf(target, name);
  try {
    const entry = JSON.parse(readTarget(target, path)?.toString("utf8") ?? "") as JournalEntry;
    if (isOurs(entry, target)) return { path, entry };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError || thrown instanceof TypeError)) throw thrown;
  }
  throw new RolecallError(`${join(target.root, path)}: not a journal entry of rolecall`, {
    hint: "Try to remove it: the next undo reverts the apply before it.",
  });
}

/** Returns whether an entry names only paths that rolecall writes. One from a hostile repository could name any other. */
function isOurs({ version, files, folders, advice }: JournalEntry, { policyFile }: Target): boolean {
  const mayWrite = ({ path }: JournalFile) => path === policyFile || isManagedPath(path);
  const holdsOne = (folder: string) => files.some(({ path }) => path.startsWith(`${folder}/`));
  return version === 1 && files.every(mayWrite) && folders.every(holdsOne) && isAdvice(advice);
}

function isAdvice(advice: AdviceRecord | undefined): boolean {
  if (advice === undefined) return true;
  const { subject, id, savingsUsdPerMonth } = advice.recommendation;
  return (
    typeof id === "string" &&
    typeof subject === "object" &&
    typeof savingsUsdPerMonth.mid === "number" &&
    advice.keys.every(({ path, key }) => typeof path === "string" && Array.isArray(key))
  );
}

/**
 * Plans the changes that revert an apply. A file that was edited since is a conflict and stays, except for the keys that advice
 * changed, which go back to their former values. While one stays, so does the lock: uninstall takes the rest out by it.
 */
export function planUndo(entry: JournalEntry, read: (path: string) => Buffer | undefined): PlannedChange[] {
  const changes = revertFiles(entry, read);
  if (!hasConflicts(changes)) return changes;
  return changes.map((change) =>
    basename(change.path) === LOCK_NAME ? changeOf(change.path, change.before, change.before) : change,
  );
}

function revertFiles(entry: JournalEntry, read: (path: string) => Buffer | undefined): PlannedChange[] {
  return entry.files.map(({ path, before, after }) => {
    const now = read(path);
    const old = bytesOf(before);
    const untouched = (now ? digest(now) : null) === after;
    if (untouched || sameBytes(now, old)) return changeOf(path, now, old);
    if (entry.advice && now) return mergedBack({ path, now, old, after }, entry.advice);
    const why = "edited since the apply; rolecall does not change it";
    return changeOf(path, now, now, { conflicts: [{ key: "file", found: null, wanted: null, why }] });
  });
}

const ROUTING = new Set(["model", "effort"]);

/** A file that was edited since an apply. */
interface EditedFile {
  path: string;
  now: Buffer;
  old: Buffer | undefined;
  /** Hash of what the apply wrote. */
  after: string | null;
}

function mergedBack({ path, now, old, after }: EditedFile, { keys }: AdviceRecord): PlannedChange {
  const own = keys.filter(({ path: at }) => at === path);
  const whole = old && path.endsWith(".md") ? withFormerHead(now, old, own, after) : undefined;
  if (whole) return changeOf(path, now, whole);
  // Of an agent file only what advice decides: the rest of a file that it created is the user's once edited.
  const routing = own.filter(({ key }) => !path.endsWith(".md") || ROUTING.has(key[0] ?? ""));
  const { bytes, kept } = putBack(path, now, routing);
  const notes = kept.map(({ key }) => `${key.join(".")}: edited since, and left as it is`);
  return changeOf(path, now, bytes, { notes });
}

/** Returns an agent file with the bytes that its front matter had, if only the text below that was edited since. */
function withFormerHead(
  now: Buffer,
  old: Buffer,
  keys: readonly AdviceKey[],
  after: string | null,
): Buffer | undefined {
  const written = putForward(old, keys);
  if (!written || digest(written) !== after) return undefined;
  const [current, applied, former] = [now, written, old].map((file) => ({ file, ...parseFrontMatter(file) }));
  if (!current || !applied || !former) return undefined;
  const isSame = current.file.subarray(0, current.end).equals(applied.file.subarray(0, applied.end));
  return isSame ? Buffer.concat([old.subarray(0, former.end), now.subarray(current.end)]) : undefined;
}

/** Removes the entry of an apply that was reverted, the folders that it had created, and the journal once it is empty. */
export function forgetEntry(target: Target, { path, entry }: StoredEntry): void {
  removeTarget(target, path);
  removeIdleJournal(target);
  for (const created of entry.folders.toReversed()) removeEmptyFolder(target, created);
}

/** Removes the journal's folder if it has no entry. */
export function removeIdleJournal(target: Target): void {
  if (listEntries(target).length > 0) return;
  inJournal(target, (folder) => {
    sweepTemporaries(folder);
    rmSync(folder.entry(IGNORE), { force: true });
  });
  removeEmptyFolder(target, pathOf(target));
}

function listEntries(target: Target): string[] {
  const names = inJournal(target, (folder) => folder.names()) ?? [];
  return names.filter((name) => /^\d{6}(?:-advice)?\.json$/.test(name)).sort();
}

function inJournal<T>(target: Target, use: Parameters<typeof inFolder<T>>[3]): T | undefined {
  return inFolder(target.root, pathOf(target).split("/"), {}, use);
}

/** Returns the path of the journal's folder, or of a file in it, relative to the target's root. */
function pathOf({ prefix }: Target, ...names: string[]): string {
  return [`${prefix}${FOLDER}`, ...names].join("/");
}

function missingFolders({ root, prefix }: Target, changes: readonly PlannedChange[]): string[] {
  const folders = new Set<string>();
  for (const path of [...changes.map((change) => change.path), `${prefix}${FOLDER}/entry`])
    for (let folder = dirname(path); folder !== "." && folder !== dirname(folder); folder = dirname(folder))
      if (!existsSync(resolve(root, folder))) folders.add(folder);
  folders.delete(`${prefix}${FOLDER}`);
  return [...folders].sort((a, b) => a.length - b.length);
}

function digest(bytes: Uint8Array): string {
  const { createHash } = process.getBuiltinModule("node:crypto"); // takes 4 ms to load
  return createHash("sha256").update(bytes).digest("base64");
}

/** Returns the apply of a moment; undefined if it was reverted or is too old to be kept. */
export function findJournal(target: Target, at: string): JournalEntry | undefined {
  for (const name of listEntries(target).toReversed()) {
    const text = readTarget(target, pathOf(target, name))?.toString("utf8") ?? "";
    if (!text.includes(`"at":"${at}"`)) continue;
    const entry = JSON.parse(text) as JournalEntry;
    if (entry.at === at && isOurs(entry, target)) return entry;
  }
  return undefined;
}

/** Returns what a file held before each recorded apply that changed it, the newest first; undefined where it did not exist. */
export function formerVersions(target: Target, path: string): (Buffer | undefined)[] {
  return listEntries(target)
    .toReversed()
    .flatMap((name) => readEntry(target, name).entry.files.filter((file) => file.path === path))
    .map(({ before }) => bytesOf(before));
}

function bytesOf(before: string | null): Buffer | undefined {
  return before === null ? undefined : Buffer.from(before, "base64");
}
