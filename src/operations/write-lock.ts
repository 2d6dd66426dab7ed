import { tmpdir } from "node:os";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { locateTarget, type Place } from "../agents/place.ts";
import { cacheFolder } from "../history/workspace.ts";
import { makeFolder } from "../store/open.ts";
import { type LockHolder, takeWriteLock } from "../store/write-lock.ts";

export interface WriterOptions {
  /** The command as other processes are to be told of it: `rolecall apply`. */
  command: string;
  /** Called once if another process is writing there. */
  onWait?: ((holder: LockHolder | undefined) => void) | undefined;
  /** How long to wait for that, in ms. */
  patienceMs?: number | undefined;
}

const PATIENCE_MS = 30_000;

/**
 * Runs `write` while no other process of rolecall writes below a place: whatever it reads there stays true until it has written.
 * Throws RolecallError naming the process that holds the place if that does not end in time.
 */
export async function asOnlyWriter<T>(
  place: Place,
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

/** The user's cache folder, or the folder for temporary files if nothing can be kept there. */
function locksFolder(env: NodeJS.ProcessEnv): string {
  const folder = join(cacheFolder(env), "locks");
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return join(tmpdir(), `rolecall-locks-${process.getuid?.() ?? "user"}`);
  }
}
