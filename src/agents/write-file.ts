import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What temporary files end in; Claude Code reads none of them. */
export const TEMPORARY = ".rolecall-tmp";

/**
 * Puts a file in place at once: whoever reads it, or finds it after a crash, sees the old bytes or the new ones. Without a
 * mode it gets what new files get.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array, mode?: number): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}${TEMPORARY}`);
  try {
    const file = openSync(temporary, "w", mode);
    try {
      if (mode !== undefined) fchmodSync(file, mode);
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Makes renames and removals in a folder durable; not every platform can open one, and none needs it to be correct. */
export function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // The file itself is synced; a crash of the whole machine may still bring back the old one.
  }
}
