import { chmod, lstat, mkdir, open, readFile, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "../errors.ts";

/** A file at one moment; of a link, the bytes are its target. */
export interface FileState {
  bytes: Buffer;
  kind: "file" | "program" | "link";
}

/** What became of one file; without `before` it is new, without `after` it is gone. */
export interface FileChange {
  /** Relative to the root of the tree, with `/`. */
  path: string;
  before?: FileState;
  after?: FileState;
}

/** The file at a path; undefined where there is none, or something that is neither a file nor a link. */
export async function readFileState(path: string): Promise<FileState | undefined> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return { bytes: Buffer.from(await readlink(path)), kind: "link" };
    if (!stats.isFile()) return undefined;
    return { bytes: await readFile(path), kind: stats.mode & 0o100 ? "program" : "file" };
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Carries changes into a tree. Where any of the files is no longer what the changes start from, or is reached through a
 * link, nothing is written and those paths are returned.
 */
export async function applyChanges(root: string, changes: readonly FileChange[]): Promise<string[]> {
  const conflicts: string[] = [];
  for (const { path, before } of changes)
    if (!sameState(await readFileState(join(root, path)), before) || (await leavesThroughLink(root, path)))
      conflicts.push(path);
  if (conflicts.length > 0) return conflicts;
  // What goes makes room first: a file may give way to a folder of the same name.
  for (const { path, after } of changes) if (!after) await rm(join(root, path), { force: true });
  for (const { path, after } of changes) if (after) await writeState(join(root, path), after);
  return [];
}

export function sameState(a: FileState | undefined, b: FileState | undefined): boolean {
  if (!a || !b) return a === b;
  return a.kind === b.kind && a.bytes.equals(b.bytes);
}

async function leavesThroughLink(root: string, path: string): Promise<boolean> {
  const parts = path.split("/");
  for (let length = 1; length < parts.length; length++)
    if ((await readFileState(join(root, ...parts.slice(0, length))))?.kind === "link") return true;
  return false;
}

/** In one step: whoever looks sees the old file or the new one. */
async function writeState(path: string, { bytes, kind }: FileState): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.rolecall-tmp`;
  try {
    if (kind === "link") await symlink(bytes.toString("utf8"), temporary);
    else {
      const file = await open(temporary, "w");
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
      await chmod(temporary, await modeOf(path, kind));
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The mode that the file has, with the bits to run it set or cleared. */
async function modeOf(path: string, kind: "file" | "program"): Promise<number> {
  const mode = await lstat(path).then(
    (stats) => stats.mode & 0o777,
    () => 0o644,
  );
  return kind === "program" ? mode | 0o111 : mode & ~0o111;
}
