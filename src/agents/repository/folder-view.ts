import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { RolecallError } from "../../errors.ts";
import { readTextFile } from "../../policy/read-file.ts";

/** A folder of a repository, reduced to names and the texts of regular files. */
export interface FolderView {
  path: string;
  /** Parent folder; undefined at the root of the repository. */
  above: FolderView | undefined;
  /** Names of its files and folders. */
  names: ReadonlySet<string>;
  folders: readonly string[];
  has(...names: string[]): boolean;
  /** Returns whether a name matches. */
  matches(pattern: RegExp): boolean;
  /** Returns the text of a file; empty if it does not exist or cannot be read. */
  text(name: string): string;
}

/** A build file larger than this is generated. */
const MOST_BYTES = 512 * 1024;

/** Reads the names in a folder; an unreadable one has none. */
export function viewFolder(path: string, above?: FolderView): FolderView {
  const entries = listEntries(path);
  const names = new Set(entries.map(({ name }) => name));
  return {
    path,
    above,
    names,
    folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    has: (...wanted) => wanted.some((name) => names.has(name)),
    matches: (pattern) => [...names].some((name) => pattern.test(name)),
    text: (name) => (names.has(name) ? readShort(join(path, name)) : ""),
  };
}

/** Reads a folder and those above it, up to `root`. */
export function viewWithin(root: string, steps: readonly string[]): FolderView {
  return steps.reduce((above, step) => viewFolder(join(above.path, step), above), viewFolder(root));
}

function listEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // an unreadable folder is like an empty one
  }
}

/** A pipe, a device or a huge file in the place of a build file counts as an empty one. */
function readShort(path: string): string {
  try {
    return readTextFile(path, { mostBytes: MOST_BYTES }) ?? "";
  } catch (thrown) {
    if (thrown instanceof RolecallError) return "";
    throw thrown;
  }
}

/** Returns the nearest folder, from this one up, that has one of the names. */
export function nearestWith(view: FolderView, ...names: string[]): FolderView | undefined {
  if (view.has(...names)) return view;
  return view.above && nearestWith(view.above, ...names);
}
