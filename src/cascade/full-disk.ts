import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { GitError } from "./git.ts";

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);
const CLOSED: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);

/**
 * Explains an error of the cache folder, where copies are made; other errors stay as they are. The user's tree is only
 * read, so a full disk can only be that one.
 */
export function explainFullDisk(error: unknown, place: string): unknown {
  const cause = error instanceof RolecallError && error.cause !== undefined ? error.cause : error;
  const code = codeOf(cause) ?? "";
  const full = FULL.has(code) || (cause instanceof GitError && /No space left on device/.test(cause.said));
  const closed = CLOSED.has(code) && messageOf(cause).includes(place);
  if (!full && !closed) return error;
  return new RolecallError(`${place}: ${full ? "the disk is full" : `cannot be written (${code})`}`, {
    hint: "Try to free some space, or set XDG_CACHE_HOME to another folder: copies of your project are made there.",
    cause: error,
  });
}
