import { chmodSync, mkdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../errors.ts";
import {
  type FileChange,
  type FileState,
  createLinkFinder,
  readWithin,
  sameState,
  statIfThere,
} from "./file-state.ts";

/**
 * Finds the paths that cannot be written: they are no longer as `before` says, or they are reached through a symbolic
 * link, which may lead out of the tree. A link that a folder replaces is not in the way.
 */
export function findConflicts(root: string, changes: readonly FileChange[]): string[] {
  const removed = new Set(changes.filter(({ after }) => !after).map(({ path }) => path));
  const linkAbove = createLinkFinder(root);
  const standsInTheWay = ({ path, before }: FileChange): boolean => {
    const link = linkAbove(path);
    return (
      (link !== undefined && !removed.has(link)) || !sameState(readWithin(root, path, linkAbove), before)
    );
  };
  return changes.filter(standsInTheWay).map(({ path }) => path);
}

/** Changes that are being written, with what is needed to revert them. */
export interface WriteJob {
  root: string;
  /** Distinguishes the temporary files of this job. */
  id: string;
  changes: readonly FileChange[];
  /** Modes of the folders that exist before: path → mode. */
  folders: Readonly<Record<string, number>>;
}

/** Plans to write changes into a tree. */
export function planWrites(root: string, id: string, changes: readonly FileChange[]): WriteJob {
  const above = new Set(changes.flatMap(({ path }) => foldersAbove(path)));
  const modes = [...above].map((folder) => [folder, modeOfFolder(join(root, folder))] as const);
  const existing = modes.filter((entry): entry is [string, number] => entry[1] !== undefined);
  return { root, id, changes, folders: Object.fromEntries(existing) };
}

/**
 * Writes the changes of a job. Everything that can fail or take time happens beside the files first; then each change is
 * a single step. Throws the system's error, with some of the steps done: `restoreFiles` reverts them.
 */
export function writeFiles({ root, id, changes }: WriteJob): void {
  const staged = new Map<string, string>();
  for (const [at, { path, after }] of changes.entries())
    if (after) staged.set(path, stage(root, path, after, temporaryName(id, at)));
  // Deletions come first: a folder may replace a file of the same name, or a file a folder.
  for (const { path, after } of changes) if (!after) removeFile(root, path);
  for (const [path, temporary] of staged) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    renameSync(temporary, join(root, path));
  }
}

/**
 * Puts files back to what they were before a job, however much of it was done. Leaves alone what is neither as before
 * nor as after, and returns those paths.
 */
export function restoreFiles({ root, id, changes, folders }: WriteJob): string[] {
  const foreign: string[] = [];
  const back: FileChange[] = [];
  for (const [at, { path, before, after }] of changes.entries()) {
    for (const folder of [...foldersAbove(path), ""])
      removeIfThere(join(root, folder, temporaryName(id, at)));
    const now = readWithin(root, path);
    if (sameState(now, before)) continue;
    if (!sameState(now, after)) foreign.push(path);
    else back.push({ path, ...(now && { before: now }), ...(before && { after: before }) });
  }
  removeCreatedFolders({ root, changes, folders });
  writeFiles({ root, id: `${id}-back`, changes: back, folders });
  for (const [folder, mode] of Object.entries(folders).toSorted(([a], [b]) => a.length - b.length)) {
    if (isForeign(folder, foreign)) continue;
    mkdirSync(join(root, folder), { recursive: true });
    if (modeOfFolder(join(root, folder)) !== mode) chmodSync(join(root, folder), mode);
  }
  return foreign;
}

/** Removes the folders that the job made and had not filled yet: they may be where a file or a link has to go back to. */
function removeCreatedFolders({ root, changes, folders }: Omit<WriteJob, "id">): void {
  const above = new Set(changes.flatMap(({ path }) => foldersAbove(path)));
  const created = [...above].filter((folder) => !(folder in folders));
  for (const folder of created.toSorted((a, b) => b.length - a.length))
    try {
      if (modeOfFolder(join(root, folder)) !== undefined) rmdirSync(join(root, folder));
    } catch (error) {
      if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
    }
}

/** Returns whether a path that is left alone is in the way of a folder. */
function isForeign(folder: string, foreign: readonly string[]): boolean {
  return foreign.some((path) => folder === path || folder.startsWith(`${path}/`));
}

/** The folders above a path, the nearest first. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === "." ? [] : [folder, ...foldersAbove(folder)];
}

/** The mode of a folder, or undefined at the path. */
function modeOfFolder(path: string): number | undefined {
  const stats = statIfThere(path);
  return stats?.isDirectory() ? stats.mode & 0o777 : undefined;
}

/** Writes the new state into the nearest folder that exists, so that it is on the file system of its target. */
function stage(root: string, path: string, state: FileState, name: string): string {
  const nearest = foldersAbove(path).find((folder) => modeOfFolder(join(root, folder)) !== undefined) ?? "";
  const temporary = join(root, nearest, name);
  rmSync(temporary, { force: true });
  if (state.kind === "link") symlinkSync(state.bytes.toString("utf8"), temporary);
  else {
    writeFileSync(temporary, state.bytes, { flag: "wx", flush: true });
    chmodSync(temporary, modeFor(readWithin(root, path), state));
  }
  return temporary;
}

function temporaryName(id: string, at: number): string {
  return `.${id}-${at}.rolecall-tmp`;
}

/** The mode of the file that is replaced, with the bits to run it set or cleared; otherwise that of the new one. */
function modeFor(old: FileState | undefined, { kind, mode }: FileState): number {
  const base = old && old.kind !== "link" ? old.mode : mode;
  return kind === "program" ? base | 0o111 : base & ~0o111;
}

/** Removes a file, and the folders that are empty then, as git does. */
function removeFile(root: string, path: string): void {
  rmSync(join(root, path));
  for (const folder of foldersAbove(path)) {
    try {
      rmdirSync(join(root, folder));
    } catch (error) {
      if (codeOf(error) === "ENOTEMPTY" || codeOf(error) === "EEXIST") return;
      throw error;
    }
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    // A file on the way contains nothing to remove.
    if (codeOf(error) !== "ENOTDIR") throw error;
  }
}
