import { constants } from "node:fs";
import { cp, lstat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { messageOf, RolecallError } from "../errors.ts";

/**
 * Copies some paths from one tree to another, sharing blocks where the file system can. Repositories inside are copied
 * without their .git; sockets, pipes and what is gone meanwhile are left out. Throws RolecallError.
 */
export async function copyTree(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!(await isWanted(join(from, path), to))) continue;
    try {
      await cp(join(from, path), join(to, path), {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
        mode: constants.COPYFILE_FICLONE,
        filter: (source) => isWanted(source, to),
      });
    } catch (error) {
      throw new RolecallError(`${join(from, path)} cannot be copied: ${messageOf(error)}`, { cause: error });
    }
  }
}

async function isWanted(source: string, to: string): Promise<boolean> {
  if (source.endsWith(`${sep}.git`) || isAround(source, to)) return false;
  const stats = await lstat(source).catch(() => undefined);
  return stats !== undefined && (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink());
}

/** Whether a folder holds the place that it would be copied to. */
function isAround(source: string, target: string): boolean {
  return resolve(dirname(target)).startsWith(resolve(source) + sep);
}
