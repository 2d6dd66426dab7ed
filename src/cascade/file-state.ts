import { lstatSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { codeOf } from "../errors.ts";
import { relocateLink, type Relocation } from "./relocate.ts";

/** A file or a link at one moment; the bytes of a link are its target. */
export interface FileState {
  /** Content; the target of a link. */
  bytes: Buffer;
  /** `program` if its owner may run it. */
  kind: "file" | "program" | "link";
  /** Permission bits. Not compared: only whether a file is a program is. */
  mode: number;
}

/** A change of one file; without `before` it is new, without `after` it is gone. */
export interface FileChange {
  /** Relative to the root of the tree, with `/`. */
  path: string;
  /** The former state. */
  before?: FileState;
  /** The new state. */
  after?: FileState;
}

/** Reads the file or link at a path, or undefined, or something else. */
export function readFileState(path: string): FileState | undefined {
  const stats = statIfThere(path);
  if (!stats) return undefined;
  const mode = stats.mode & 0o777;
  if (stats.isSymbolicLink()) return { bytes: Buffer.from(readlinkSync(path)), kind: "link", mode };
  if (!stats.isFile()) return undefined;
  return { bytes: readFileSync(path), kind: mode & 0o100 ? "program" : "file", mode };
}

/** Finds the nearest folder above a path that is a symbolic link: what it leads to is not in the tree. */
type LinkFinder = (path: string) => string | undefined;

/** Returns a finder for a tree that does not change meanwhile: it looks at each folder once. */
export function createLinkFinder(root: string): LinkFinder {
  const found = new Map<string, string | undefined>([[".", undefined]]);
  const linkAbove: LinkFinder = (path) => {
    const folder = dirname(path);
    if (!found.has(folder)) {
      const isLink = statIfThere(join(root, folder))?.isSymbolicLink();
      found.set(folder, isLink ? folder : linkAbove(folder));
    }
    return found.get(folder);
  };
  return linkAbove;
}

/** Reads the file or link at a path of a tree; undefined if it is reached through a link. */
export function readWithin(
  root: string,
  path: string,
  linkAbove = createLinkFinder(root),
): FileState | undefined {
  return linkAbove(path) === undefined ? readFileState(join(root, path)) : undefined;
}

/** Stats what is at a path, without following a link; undefined if there is nothing. */
export function statIfThere(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Returns whether two states are the same for git: bytes, kind, and the right to run it. */
export function sameState(a: FileState | undefined, b: FileState | undefined): boolean {
  if (!a || !b) return a === b;
  return a.kind === b.kind && a.bytes.equals(b.bytes);
}

/** Paths that are compared before other work gets its turn. */
const BATCH = 200;

/**
 * Compares paths of a tree with those of its copy, byte by byte. Absolute links that `relocation` led into the copy count
 * as the links that they were.
 */
export async function compareTrees(
  relocation: Relocation,
  before: string,
  paths: readonly string[],
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const links = [createLinkFinder(before), createLinkFinder(relocation.to)] as const;
  for (const [at, path] of paths.entries()) {
    if (at % BATCH === BATCH - 1) await setImmediate();
    changes.push(...comparePath(relocation, before, path, links));
  }
  return changes;
}

function comparePath(
  { from, to }: Relocation,
  start: string,
  path: string,
  [inStart, inCopy]: readonly [LinkFinder, LinkFinder],
): FileChange[] {
  if (isLargeCopy(join(start, path), join(to, path))) return [];
  const [before, now] = [readWithin(start, path, inStart), readWithin(to, path, inCopy)];
  const back = (target: Buffer): Buffer =>
    Buffer.from(relocateLink(target.toString("utf8"), { from: to, to: from }));
  const after = now?.kind === "link" ? { ...now, bytes: back(now.bytes) } : now;
  return sameState(before, after) ? [] : [{ path, ...(before && { before }), ...(after && { after }) }];
}

/** From here on, files with the same size and time count as the same: reading them takes long, or is not possible. */
const LARGE_BYTES = 256 * 1024 * 1024;

function isLargeCopy(before: string, now: string): boolean {
  const [was, is] = [statIfThere(before), statIfThere(now)];
  if (!was?.isFile() || !is?.isFile() || was.size < LARGE_BYTES || was.size !== is.size) return false;
  return Math.floor(was.mtimeMs) === Math.floor(is.mtimeMs);
}
