import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { codeOf, messageOf, RolecallError } from "../errors.ts";

/** O_NONBLOCK opens a pipe without waiting for a writer. Windows only has O_RDONLY; the others are undefined there. */
const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;

/** Largest size of a file that people write. */
const MOST_BYTES = 4 * 1024 * 1024;

interface ReadOptions {
  /** The largest size that is read; 4 MB by default. */
  mostBytes?: number;
  /** Refuses a path whose last part is a symbolic link. */
  noLinks?: boolean;
  /** Path in error messages, if it differs from the opened one. */
  shownAs?: string;
}

/**
 * Reads a regular file; returns undefined if the path does not exist. Refuses pipes and devices, because reading them may never end.
 * Throws RolecallError for those, for a file that is too large and for one that cannot be read.
 */
export function readRegularFile(path: string, options: ReadOptions = {}): Buffer | undefined {
  const { mostBytes = MOST_BYTES, noLinks = false, shownAs = path } = options;
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | (noLinks ? O_NOFOLLOW : 0));
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(shownAs, code === "ELOOP" ? "is a symbolic link" : messageOf(cause), cause);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw unreadable(shownAs, `is ${kindOf(stats)}, not a regular file`);
    if (stats.size > mostBytes) throw unreadable(shownAs, `is larger than ${formatBytes(mostBytes)}`);
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof RolecallError) throw cause;
    throw unreadable(shownAs, messageOf(cause), cause);
  } finally {
    closeSync(file);
  }
}

/** Reads the text of a regular file. Returns and throws as `readRegularFile` does. */
export function readTextFile(path: string, options?: ReadOptions): string | undefined {
  return readRegularFile(path, options)?.toString("utf8");
}

function unreadable(path: string, problem: string, cause?: unknown): RolecallError {
  return new RolecallError(`${path}: cannot be read: ${problem}`, {
    hint: "Expected a regular file. Try to replace it by one, or remove it.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

function formatBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MB` : `${bytes / 1024} KB`;
}
