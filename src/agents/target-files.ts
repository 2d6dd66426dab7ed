import { existsSync, lstatSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import { codeOf, RolecallError } from "../errors.ts";
import { readRegularFile } from "../policy/read-file.ts";
import type { Target } from "./change.ts";
import { inFolder } from "./folder.ts";
import { sweepTemporaries, writeFileAtomically } from "./write-file.ts";

/** A journal entry holds the old content of every file of an apply. */
const MOST_BYTES = 1024 ** 3;

/** Location of a file: the steps from a root to its folder, none of which may be a link, and its name. */
interface Location {
  root: string;
  steps: string[];
  name: string;
}

/** Reads a file of a target; undefined if it does not exist. Throws RolecallError if it is a link or not a regular file. */
export function readTarget(target: Target, path: string): Buffer | undefined {
  const { root, steps, name } = locate(target, path);
  return inFolder(root, steps, {}, (folder) => {
    const shownAs = resolve(root, ...steps, name);
    assertFile(shownAs, folder.entry(name));
    return readRegularFile(folder.entry(name), { noLinks: true, mostBytes: MOST_BYTES, shownAs });
  });
}

/** Permission modes of new files and folders, if they differ from the defaults. */
interface Modes {
  file?: number;
  /** Mode of the file's own folder. */
  folder?: number;
}

/** Writes a file of a target in one step. Creates missing folders and keeps the mode of an existing file. */
export function writeTarget(target: Target, path: string, bytes: Uint8Array, modes: Modes = {}): void {
  const { root, steps, name } = locate(target, path);
  inFolder(root, steps, { create: { mode: modes.folder } }, (folder) => {
    const at = folder.entry(name);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    writeFileAtomically(at, bytes, stats ? stats.mode & 0o777 : modes.file);
    folder.sync();
  });
}

/** Removes a file of a target. */
export function removeTarget(target: Target, path: string): void {
  const { root, steps, name } = locate(target, path);
  inFolder(root, steps, {}, (folder) => {
    rmSync(folder.entry(name), { force: true });
    folder.sync();
  });
}

/** Throws RolecallError if the folder of a target's agents, or one above it, is a link: nothing could be written there. */
export function refuseLinkedAgents({ root, prefix }: Target): void {
  inFolder(root, `${prefix}agents`.split("/"), {}, () => undefined);
}

/** Removes the temporary files of killed processes from the folder of a file. */
export function sweepBeside(target: Target, path: string): void {
  const { root, steps } = locate(target, path);
  inFolder(root, steps, {}, sweepTemporaries);
}

/** Removes a folder of a target if it is empty. */
export function removeEmptyFolder(target: Target, path: string): void {
  const { root, steps, name } = locate(target, path);
  inFolder(root, steps, {}, (folder) => {
    try {
      rmdirSync(folder.entry(name));
    } catch (thrown) {
      // A folder with other files in it stays.
      if (!["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR"].includes(codeOf(thrown) ?? "")) throw thrown;
    }
  });
}

function locate({ root, policyFile }: Target, path: string): Location {
  const absolute = resolve(root, path);
  const name = basename(absolute);
  if (absolute.startsWith(root.endsWith(sep) ? root : root + sep)) {
    const steps = dirname(absolute).slice(root.length).split(sep).filter(Boolean);
    return { root, steps, name };
  }
  if (path !== policyFile && !policyFile?.startsWith(path + sep))
    throw new RolecallError(`${path}: outside of ${root}; nothing was written`);
  return { root: realFolder(dirname(absolute)), steps: [], name };
}

/** The user's policy may be in a folder that is linked, such as a repository of dotfiles. */
function realFolder(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

function assertFile(path: string, entry: string): void {
  const stats = lstatSync(entry, { throwIfNoEntry: false });
  if (!stats || stats.isFile()) return;
  if (!stats.isSymbolicLink()) throw new RolecallError(`${path}: not a regular file`);
  throw new RolecallError(`${path}: a symbolic link; rolecall does not write through links`, {
    hint: "Try a real file in its place, or run rolecall in the folder that it points to.",
  });
}
