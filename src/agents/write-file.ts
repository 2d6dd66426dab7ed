import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Folder } from "./folder.ts";
import { codeOf } from "../errors.ts";

/** The suffix of temporary files; Claude Code reads none of them. */
const TEMPORARY = ".rolecall-tmp";

/** Replaces a file in one step: at any moment, even after a crash, it has its old or its new bytes. Without a mode it gets the default one. */
export function writeFileAtomically(path: string, bytes: Uint8Array, mode?: number): void {
  const { randomBytes } = process.getBuiltinModule("node:crypto"); // takes 4 ms to load, and most commands write no file
  const name = `.${process.pid}-${randomBytes(4).toString("hex")}${TEMPORARY}`;
  const temporary = join(dirname(path), name);
  const file = openSync(temporary, "wx", mode);
  try {
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

/** Removes the temporary files of processes that have ended; those of live ones stay. */
export function sweepTemporaries(folder: Folder): void {
  for (const name of folder.names()) {
    const owner = name.endsWith(TEMPORARY)
      ? /(\d+)(?:-[0-9a-f]+)?\.rolecall-tmp$/.exec(name)?.[1]
      : undefined;
    if (owner !== undefined && !isAlive(Number(owner))) rmSync(folder.entry(name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false; // this process waits for each of its writes
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === "EPERM"; // it belongs to another user
  }
}
