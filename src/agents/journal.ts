import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { codeOf, RolecallError } from "../errors.ts";
import { type Change, changeOf, type Target } from "./change.ts";
import { isManagedPath } from "./lock.ts";
import { syncFolder, writeFileAtomically } from "./write-file.ts";

/** What an apply was about to do, kept beside the files so that it can be taken back. */
export interface JournalEntry {
  version: 1;
  /** When it began, ISO. */
  at: string;
  files: readonly JournalFile[];
  /** Folders that it created, outermost first, relative to the root. */
  folders: readonly string[];
}

interface JournalFile {
  /** Relative to the target's root; absolute for the user's policy file. */
  path: string;
  /** Base64 of what was there; null for nothing. */
  before: string | null;
  /** Hash of what was written; null for a file taken away. */
  after: string | null;
}

const FOLDER = "rolecall-undo";
const MOST_ENTRIES = 20;

/** Writes down what is about to change; must succeed before the first change. Returns the entry's path. */
export function writeJournal(target: Target, changes: readonly Change[], at: Date): string {
  const folder = join(target.root, target.prefix, FOLDER);
  const folders = missingFolders(target, changes);
  const entry: JournalEntry = {
    version: 1,
    at: at.toISOString(),
    files: changes.map(({ path, before, after }) => ({
      path,
      before: before?.toString("base64") ?? null,
      after: after ? digest(after) : null,
    })),
    folders,
  };
  mkdirSync(dirname(folder), { recursive: true });
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
  writeFileAtomically(join(folder, ".gitignore"), Buffer.from("*\n"));
  const names = listEntries(folder);
  for (const old of names.slice(0, Math.max(0, names.length + 1 - MOST_ENTRIES))) rmSync(join(folder, old));
  const number = Number(names.at(-1)?.slice(0, -".json".length) ?? 0) + 1;
  const path = join(folder, `${String(number).padStart(6, "0")}.json`);
  writeFileAtomically(path, Buffer.from(`${JSON.stringify(entry)}\n`), 0o600);
  syncFolder(folder);
  return path;
}

/** The last apply that was not taken back, or undefined. */
export function readJournal(target: Target): { path: string; entry: JournalEntry } | undefined {
  const folder = join(target.root, target.prefix, FOLDER);
  const name = listEntries(folder).at(-1);
  if (!name) return undefined;
  const path = join(folder, name);
  try {
    const entry = JSON.parse(readFileSync(path, "utf8")) as JournalEntry;
    if (isOurs(entry, target)) return { path, entry };
  } catch {
    // Reported below, with the way out.
  }
  throw new RolecallError(`${path} is not readable`, { hint: "Remove it to undo the apply before it." });
}

/** Whether an entry speaks of nothing but what rolecall writes; one that came with a repository could ask for anything. */
function isOurs({ version, files, folders }: JournalEntry, { policyFile }: Target): boolean {
  const mayWrite = ({ path }: JournalFile) => path === policyFile || isManagedPath(path);
  const holdsOne = (folder: string) => files.some(({ path }) => path.startsWith(`${folder}/`));
  return version === 1 && files.every(mayWrite) && folders.every(holdsOne);
}

/** The changes that take an apply back; a file that was edited since is a conflict and stays. */
export function planUndo(entry: JournalEntry, read: (path: string) => Buffer | undefined): Change[] {
  return entry.files.map(({ path, before, after }) => {
    const now = read(path);
    const old = before === null ? undefined : Buffer.from(before, "base64");
    const untouched = (now ? digest(now) : null) === after;
    const done = now && old ? now.equals(old) : now === old;
    if (untouched || done) return changeOf(path, now, old);
    const why = "edited since; rolecall leaves it as it is";
    return changeOf(path, now, now, { conflicts: [{ key: "file", found: null, wanted: null, why }] });
  });
}

/** Forgets an apply that was taken back: its entry, the folders that it had created, and the journal once it is empty. */
export function removeJournal(target: Target, path: string, { folders }: JournalEntry): void {
  const folder = dirname(path);
  rmSync(path, { force: true });
  if (listEntries(folder).length === 0) rmSync(folder, { recursive: true, force: true });
  for (const created of folders.toReversed()) {
    try {
      rmdirSync(resolve(target.root, created));
    } catch (error) {
      // A folder that holds something else by now stays.
      if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "ENOENT") throw error;
    }
  }
}

function listEntries(folder: string): string[] {
  if (!existsSync(folder) || !lstatSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{6}\.json$/.test(name))
    .sort();
}

function missingFolders({ root, prefix }: Target, changes: readonly Change[]): string[] {
  const folders = new Set<string>();
  for (const path of [...changes.map((change) => change.path), `${prefix}${FOLDER}/entry`])
    for (let folder = dirname(path); folder !== "." && folder !== dirname(folder); folder = dirname(folder))
      if (!existsSync(resolve(root, folder))) folders.add(folder);
  folders.delete(`${prefix}${FOLDER}`);
  return [...folders].sort((a, b) => a.length - b.length);
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
