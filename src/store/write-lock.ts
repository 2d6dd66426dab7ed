import Database from "better-sqlite3";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { makeFolder } from "./open.ts";

/** The process that holds a lock, as it says of itself. */
export interface LockHolder {
  pid: number;
  /** `rolecall apply`. */
  command: string;
  /** ISO. */
  since: string;
}

interface LockRequest {
  /** Absolute: the folder that is to be written by one process at a time. */
  folder: string;
  /** The folder that the locks of this user are in. */
  locks: string;
  /** Command of the holder, for those that wait. */
  command: string;
  /** Time to wait for another process, in ms. */
  patienceMs: number;
  /** Called once if another process holds the lock. */
  onWait?: ((holder: LockHolder | undefined) => void) | undefined;
}

const POLL_MS = 50;

/**
 * Takes the lock of a folder and returns the function that releases it. SQLite holds it, so the system releases it when the process
 * ends, however that ends. Throws RolecallError naming the holder if the lock is not free in time.
 */
export async function takeWriteLock(request: LockRequest): Promise<() => void> {
  const { folder, locks, command, patienceMs, onWait } = request;
  const { createHash } = process.getBuiltinModule("node:crypto"); // takes 4 ms to load
  const file = join(locks, createHash("sha256").update(folder).digest("hex").slice(0, 32));
  const until = Date.now() + patienceMs;
  let db = tryLock(locks, `${file}.db`);
  if (!db) onWait?.(readHolder(file));
  while (!db && Date.now() < until) {
    await sleep(POLL_MS);
    db = tryLock(locks, `${file}.db`);
  }
  if (!db) throw heldBy(readHolder(file), folder);
  const held = db;
  const since = new Date().toISOString();
  writeFileSync(`${file}.json`, JSON.stringify({ pid: process.pid, command, since } satisfies LockHolder));
  return () => {
    rmSync(`${file}.json`, { force: true });
    held.close();
  };
}

/** The database whose exclusive transaction is the lock; undefined while another process has it. */
function tryLock(locks: string, file: string): Database.Database | undefined {
  let db: Database.Database | undefined;
  try {
    makeFolder(locks);
    db = new Database(file, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
    return db;
  } catch (cause) {
    db?.close();
    if (codeOf(cause)?.startsWith("SQLITE_BUSY")) return undefined;
    throw new RolecallError(`${file}: the write lock cannot be taken: ${messageOf(cause)}`, {
      hint: "Expected a folder that this user can write to. Try to set XDG_CACHE_HOME to one.",
      cause,
    });
  }
}

function readHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(`${file}.json`, "utf8")) as LockHolder;
  } catch {
    return undefined; // it has the lock and has not said so yet, or has just released it
  }
}

function heldBy(holder: LockHolder | undefined, folder: string): RolecallError {
  const who = holder
    ? `process ${holder.pid} (${holder.command}, since ${holder.since.slice(11, 19)} UTC)`
    : "another rolecall";
  return new RolecallError(`${folder}: ${who} is writing there; nothing was written`, {
    hint: "Try again when it has ended.",
  });
}
