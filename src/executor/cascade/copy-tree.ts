import { constants } from "node:fs";
import { cp } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { codeOf } from "../../errors.ts";

/**
 * Copies some paths from one tree to another, sharing blocks where the file system can. Repositories inside are copied
 * without their .git; sockets and pipes, and what vanishes meanwhile, are left out.
 */
export async function copyTree(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await cp(join(from, path), join(to, path), {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !source.endsWith(`${sep}.git`) && !isAround(source, to),
    }).catch((error: unknown) => {
      if (!["ENOENT", "ERR_FS_CP_SOCKET", "ERR_FS_CP_FIFO_PIPE"].includes(codeOf(error) ?? "")) throw error;
    });
}

/** Whether a folder holds the place that it would be copied to. */
function isAround(source: string, target: string): boolean {
  return resolve(dirname(target)).startsWith(resolve(source) + sep);
}
