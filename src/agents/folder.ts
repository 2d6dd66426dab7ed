import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import { codeOf, RolecallError } from "../errors.ts";

/**
 * A folder that stays open while files in it are read or written. On Linux its entries are reached through the open folder, so a
 * link that replaces it or a folder above has no effect. On other systems each step of the path is checked again for each entry.
 */
export interface Folder {
  /** Returns the path of an entry, valid while the folder is open. */
  entry(name: string): string;
  names(): string[];
  /** Makes renames and removals durable, on platforms that can. */
  sync(): void;
  close(): void;
}

interface OpenOptions {
  /** Creates missing folders, the last with this mode; without it a missing folder makes the result undefined. */
  create?: { mode?: number | undefined };
}

/** Linux lists the open files of a process here; paths through them cannot be redirected. */
const OPEN_FILES = "/proc/self/fd";
const CAN_PIN = process.platform === "linux" && existsSync(OPEN_FILES);
/** Windows has only the first; the others are undefined there, which adds nothing. */
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Opens the folder at `steps` below `root`. Returns undefined if it does not exist. Throws RolecallError if a step is a symbolic link
 * or not a folder.
 */
export function openFolder(
  root: string,
  steps: readonly string[],
  options: OpenOptions = {},
): Folder | undefined {
  if (options.create && !existsSync(root)) mkdirSync(root, { recursive: true });
  return CAN_PIN ? openPinned(root, steps, options) : openChecked(root, steps, options);
}

/** Opens a folder, calls `use` with it, and closes it. Returns undefined if the folder does not exist. */
export function inFolder<T>(
  root: string,
  steps: readonly string[],
  options: OpenOptions,
  use: (folder: Folder) => T,
): T | undefined {
  const folder = openFolder(root, steps, options);
  if (!folder) return undefined;
  try {
    return use(folder);
  } finally {
    folder.close();
  }
}

function openPinned(root: string, steps: readonly string[], { create }: OpenOptions): Folder | undefined {
  let path = root;
  let file = openStep(root, path);
  for (const [index, step] of steps.entries()) {
    if (file === undefined) return undefined;
    const above = file;
    path = join(path, step);
    const at = `${OPEN_FILES}/${above}/${step}`;
    try {
      file = openStep(at, path);
      if (file === undefined && create) {
        makeStep(at, index === steps.length - 1 ? create.mode : undefined);
        file = openStep(at, path);
      }
    } finally {
      closeSync(above);
    }
  }
  return file === undefined ? undefined : pinnedFolder(file);
}

function openStep(at: string, path: string): number | undefined {
  try {
    return openSync(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT") return undefined;
    if (code !== "ELOOP" && code !== "ENOTDIR") throw cause;
    throw notAFolder(path, lstatSync(at, { throwIfNoEntry: false }));
  }
}

function makeStep(at: string, mode: number | undefined): void {
  try {
    mkdirSync(at, mode);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
  }
}

function pinnedFolder(file: number): Folder {
  const path = `${OPEN_FILES}/${file}`;
  return {
    entry: (name) => `${path}/${name}`,
    names: () => readdirSync(path),
    sync: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

function openChecked(root: string, steps: readonly string[], { create }: OpenOptions): Folder | undefined {
  const paths = [root, ...steps.map((_, index) => join(root, ...steps.slice(0, index + 1)))];
  const check = (): boolean =>
    paths.every((path, index) => {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats && (!stats.isDirectory() || stats.isSymbolicLink())) throw notAFolder(path, stats);
      if (!stats && create) makeStep(path, index === steps.length ? create.mode : undefined);
      return stats !== undefined || create !== undefined;
    });
  if (!check()) return undefined;
  const path = paths.at(-1) ?? root;
  return {
    entry: (name) => {
      check();
      return join(path, name);
    },
    names: () => readdirSync(path),
    sync: () => undefined,
    close: () => undefined,
  };
}

function notAFolder(path: string, stats: Stats | undefined): RolecallError {
  if (stats && !stats.isSymbolicLink())
    return new RolecallError(`${path}: not a folder`, {
      hint: "Try to rename it; a folder belongs in its place.",
    });
  return new RolecallError(`${path}: a symbolic link; rolecall does not write through links`, {
    hint: "Try a real file or folder in its place, or run rolecall in the folder that it points to.",
  });
}
