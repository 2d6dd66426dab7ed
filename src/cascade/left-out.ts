import { lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { codeOf } from "../errors.ts";

/** The reason why changes are not carried over from a copy. */
export type LeftOutReason = "ignored" | "repository" | "installed" | "name";

/** A file or folder of a copy that was changed, and whose changes are not carried over. */
export interface LeftOut {
  /** Relative to the root of the tree, with `/`. */
  path: string;
  /** The reason. */
  why: LeftOutReason;
  /** Number of its files that were changed, added or removed. */
  files: number;
}

/** Files of a copy that are not compared byte by byte: path → size, time and mode. */
export type Signature = ReadonlyMap<string, string>;

/** Folders and files that programs fill as they run. A change in them says nothing about the work. */
const NOISE =
  /(?:^|\/)(?:__pycache__|\.(?:pytest|mypy|ruff)_cache|\.cache|\.turbo|\.vite|\.nyc_output|coverage|target|\.DS_Store|\.git)(?:\/|$)|\.(?:pyc|log|tsbuildinfo)$/;

/** Signs everything below some paths of a folder. */
export function signPaths(folder: string, paths: Iterable<string>): Signature {
  const signature = new Map<string, string>();
  for (const path of paths) sign(folder, path, signature);
  return signature;
}

function sign(folder: string, path: string, signature: Map<string, string>): void {
  if (NOISE.test(path)) return;
  try {
    const stats = lstatSync(join(folder, path));
    if (stats.isDirectory())
      for (const name of readdirSync(join(folder, path))) sign(folder, `${path}/${name}`, signature);
    else signature.set(path, `${stats.size} ${stats.mtimeMs} ${stats.mode}`);
  } catch (error) {
    // Gone, or closed to us: a difference, if the other side has it.
    if (!["ENOENT", "EACCES", "ENOTDIR"].includes(codeOf(error) ?? "")) throw error;
  }
}

/** Compares two signatures and counts the differences below each of the entries, without files that count elsewhere. */
export function findLeftOut(
  before: Signature,
  after: Signature,
  entries: ReadonlyMap<string, LeftOutReason>,
  counted: ReadonlySet<string> = new Set(),
): LeftOut[] {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path) && !counted.has(path),
  );
  const found = [...entries].map(([path, why]): LeftOut => {
    const files = changed.filter((file) => file === path || file.startsWith(`${path}/`)).length;
    return { path, why: basename(path) === "node_modules" ? "installed" : why, files };
  });
  return found.filter(({ files }) => files > 0);
}
