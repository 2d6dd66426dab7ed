import { closeSync, existsSync, lstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { isSystemError, RolecallError } from "../errors.ts";
import { hasSeal } from "./seal.ts";

/** "Role" in ASCII: distinguishes a store from the databases of other programs. */
export const APPLICATION_ID = 0x526f6c65;

/** The beginning of every SQLite file, and the places of what identifies one (SQLite file format, 1.3 and 1.6). */
const MAGIC = "SQLite format 3\0";
const APPLICATION_ID_AT = 68;
const CELL_COUNT_AT = 103;
const HEAD_BYTES = 108;

/**
 * The files that this process has opened as stores, by device and inode. They are not read again: if this process closed a file that SQLite
 * has open, the system would take away SQLite's locks on it (sqlite.org/howtocorrupt.html, 2.2).
 */
const opened = new Set<string>();

/**
 * Throws RolecallError for a path that holds something other than a store: a text, a folder, or a database of another program. Only its
 * first bytes are read, because SQLite would write into the database of a program that was killed, and into the log beside it.
 */
export function requireStore(file: string): void {
  const problem = opened.has(identityOf(file)) ? undefined : problemOf(file);
  if (problem !== undefined)
    throw new RolecallError(`${file}: ${problem}`, {
      hint: "Expected a store of rolecall, or a path without a file: this one was not changed. Try another file with --db or ROLECALL_DB.",
    });
}

/** Notes that this process has a store open. */
export function noteOpened(file: string): void {
  opened.add(identityOf(file));
}

/** Returns whether a path holds a store, or at least an empty file. */
export function isStore(file: string): boolean {
  try {
    return existsSync(file) && problemOf(file) === undefined;
  } catch (thrown) {
    if (isSystemError(thrown)) return false; // it cannot be read
    throw thrown;
  }
}

/** Returns the file that a link leads to: what belongs to a store lies beside the file, and a new store must not replace the link. */
export function followLink(file: string): string {
  try {
    return lstatSync(file).isSymbolicLink() ? realpathSync(file) : file;
  } catch {
    return file; // it does not exist yet, or cannot be read
  }
}

function identityOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats ? `${stats.dev}:${stats.ino}` : "";
}

function problemOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (stats.isDirectory()) return "a folder, not a file";
  if (!stats.isFile()) return "not a regular file";
  if (stats.size === 0 || problemOfHead(readHead(file), file) === undefined) return undefined;
  return problemOfHead(readHead(file), file); // another process may have replaced a damaged store, whose seal is gone then
}

function problemOfHead(head: Buffer, file: string): string | undefined {
  const isComplete = head.length === HEAD_BYTES && head.toString("latin1").startsWith(MAGIC);
  if (!isComplete) return isOwnPlace(file) || hasSeal(file) ? undefined : "not a SQLite database";
  const owner = head.readUInt32BE(APPLICATION_ID_AT);
  const isEmpty = owner === 0 && head.readUInt16BE(CELL_COUNT_AT) === 0; // another process may be making the tables
  return owner === APPLICATION_ID || isEmpty ? undefined : "a database of another program";
}

/** The usual path of the store: whatever is there was made by rolecall. */
function isOwnPlace(file: string): boolean {
  return /[\\/]rolecall[\\/]rolecall\.db$/.test(file);
}

function readHead(file: string): Buffer {
  const fd = openSync(file, "r");
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(fd);
  }
}
