import { tmpdir } from "node:os";
import { accessSync, constants, lstatSync } from "node:fs";
import { join } from "node:path";
import { locateTarget, type AgentPlace } from "../agents/locate.ts";
import { RolecallError } from "../errors.ts";
import { cacheFolder } from "../history/workspace.ts";
import { makeFolder } from "../store/open.ts";
import { type LockHolder, takeWriteLock } from "../store/write-lock.ts";

export interface WriterOptions {
  /** Name of the command for messages of other processes: `rolecall apply`. */
  command: string;
  /** Called once if another process is writing there. */
  onWait?: ((holder: LockHolder | undefined) => void) | undefined;
  /** Longest time to wait for it, in ms. */
  patienceMs?: number | undefined;
}

const PATIENCE_MS = 30_000;

/**
 * Runs `write` while no other rolecall process writes below a place, so that files which it reads stay unchanged until it writes. Throws
 * RolecallError with the process that holds the lock if that does not end in time.
 */
export async function asOnlyWriter<T>(
  place: AgentPlace,
  { command, onWait, patienceMs = PATIENCE_MS }: WriterOptions,
  write: () => Promise<T>,
): Promise<T> {
  const folder = locateTarget(place).target.root;
  const release = await takeWriteLock({ folder, locks: locksFolder(place.env), command, patienceMs, onWait });
  try {
    return await write();
  } finally {
    release();
  }
}

/** Returns a folder in the user's cache, or among the temporary files if the cache cannot be written. */
function locksFolder(env: NodeJS.ProcessEnv): string {
  const folder = join(cacheFolder(env), "locks");
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return temporaryFolder();
  }
}

/** Throws RolecallError if the folder is another user's, who could put links in it. */
function temporaryFolder(): string {
  const user = process.getuid?.();
  const folder = join(tmpdir(), `rolecall-locks-${user ?? "user"}`);
  makeFolder(folder);
  const stats = lstatSync(folder);
  if (stats.isDirectory() && (user === undefined || stats.uid === user)) return folder;
  throw new RolecallError(`${folder}: expected a folder of this user for the write lock, found another's`, {
    hint: "Try to set XDG_CACHE_HOME to a folder that this user can write to.",
  });
}
