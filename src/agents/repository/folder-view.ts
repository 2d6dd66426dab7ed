import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { RolecallError } from "../../errors.ts";
import { readTextFile } from "../../policy/read-file.ts";

/** A folder of a repository as the detectors see it: names, and texts of regular files. */
export interface FolderView {
  path: string;
  /** The folder above, up to the root of the repository. */
  above: FolderView | undefined;
  /** Names of its files and folders. */
  names: ReadonlySet<string>;
  folders: readonly string[];
  has(...names: string[]): boolean;
  /** Whether a name matches. */
  matches(pattern: RegExp): boolean;
  /** The text of a file; empty if there is none that can be read. */
  text(name: string): string;
}

/** A build file larger than this is generated. */
const MOST_BYTES = 512 * 1024;

/** Looks at a folder; an unreadable one has no names. */
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

/** The view of a folder with those above it, up to `root`. */
export function viewWithin(root: string, steps: readonly string[]): FolderView {
  return steps.reduce((above, step) => viewFolder(join(above.path, step), above), viewFolder(root));
}

function listEntries(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // what this user may not list says nothing about the project
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

/** The nearest folder, from this one up, that has one of the names. */
export function nearestWith(view: FolderView, ...names: string[]): FolderView | undefined {
  if (view.has(...names)) return view;
  return view.above && nearestWith(view.above, ...names);
}
