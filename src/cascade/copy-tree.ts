import { constants, type Stats } from "node:fs";
import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { relocateBytes, relocateLink, type Relocation } from "./relocate.ts";

export interface CopyOptions {
  /** Absolute links into the tree lead into its copy. */
  relocation?: Relocation;
  /** So do absolute paths in these files, which programs wrote: path within the tree → whether it is one of them. */
  relocatesText?: (path: string) => boolean;
  /** Receives the paths that cannot be read; by default they are an error. */
  onUnreadable?: (path: string) => void;
  /** Ends the copying with its reason. */
  signal?: AbortSignal;
}

/** Larger files are copied as they are: no configuration of a tool is so long. */
const TEXT_BYTES = 4 * 1024 * 1024;

/**
 * Copies some paths from one tree to another with modes and times, sharing blocks if the file system can. Leaves out
 * repositories' .git, sockets, pipes, devices, and what is gone meanwhile. Throws RolecallError.
 */
export async function copyTree(
  from: string,
  to: string,
  paths: readonly string[],
  options: CopyOptions = {},
): Promise<void> {
  const copy: Copy = { from, to, options, folders: new Map() };
  for (const path of paths) await copyEntry(copy, path);
  // A read-only folder is closed only once it is full.
  for (const [path, mode] of [...copy.folders].toReversed()) await chmod(join(to, path), mode);
}

interface Copy {
  from: string;
  to: string;
  options: CopyOptions;
  /** Folders that were made, with the modes that they are to have. */
  folders: Map<string, number>;
}

async function copyEntry(copy: Copy, path: string): Promise<void> {
  const source = join(copy.from, path);
  copy.options.signal?.throwIfAborted();
  if (basename(path) === ".git" || isAround(source, copy.to)) return;
  try {
    const stats = await lstat(source);
    await makeFolder(copy, dirname(path));
    if (stats.isDirectory()) await copyFolder(copy, path);
    else if (stats.isSymbolicLink()) await copyLink(copy, path, stats);
    else if (stats.isFile()) await copyBytes(copy, path, stats);
  } catch (error) {
    if (error instanceof RolecallError || error === copy.options.signal?.reason) throw error;
    if (await isGone(source)) return;
    const unreadable = codeOf(error) === "EACCES" || codeOf(error) === "EPERM";
    if (unreadable && copy.options.onUnreadable) return copy.options.onUnreadable(path);
    throw new RolecallError(`${source}: cannot be copied: ${messageOf(error)}`, { cause: error });
  }
}

async function copyFolder(copy: Copy, path: string): Promise<void> {
  const names = await readdir(join(copy.from, path));
  await makeFolder(copy, path);
  await Promise.all(names.map((name) => copyEntry(copy, join(path, name))));
}

/** Makes a folder and those above it, each with the mode that it has in the tree. */
async function makeFolder(copy: Copy, path: string): Promise<void> {
  if (path === "." || copy.folders.has(path)) return;
  await makeFolder(copy, dirname(path));
  const stats = await lstat(join(copy.from, path)).catch(() => undefined);
  copy.folders.set(path, stats?.isDirectory() ? stats.mode & 0o777 : 0o755);
  await mkdir(join(copy.to, path), { recursive: true, mode: 0o755 });
}

async function copyLink({ from, to, options }: Copy, path: string, { atime, mtime }: Stats): Promise<void> {
  const target = await readlink(join(from, path));
  const { relocation } = options;
  await symlink(relocation ? relocateLink(target, relocation) : target, join(to, path));
  await lutimes(join(to, path), atime, mtime);
}

async function copyBytes({ from, to, options }: Copy, path: string, stats: Stats): Promise<void> {
  const [source, target] = [join(from, path), join(to, path)];
  const { relocation, relocatesText } = options;
  const text = relocation && stats.size <= TEXT_BYTES && relocatesText?.(path) === true;
  const moved = text ? relocateBytes(await readFile(source), relocation) : undefined;
  if (moved) await writeFile(target, moved, { mode: stats.mode & 0o777 });
  else await copyFile(source, target, constants.COPYFILE_FICLONE);
  await utimes(target, stats.atime, stats.mtime);
}

/** Returns whether a folder contains the place that it would be copied to. */
function isAround(source: string, target: string): boolean {
  return `${resolve(target)}${sep}`.startsWith(`${resolve(source)}${sep}`);
}

async function isGone(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => codeOf(error) === "ENOENT",
  );
}
