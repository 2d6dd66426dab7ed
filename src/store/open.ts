import Sqlite from "better-sqlite3";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import type { Database } from "./database.ts";
import { followLink, noteOpened, requireStore } from "./identify.ts";
import { createTables, migrateCopy, migrateStore } from "./migrate.ts";
import { purge } from "./purge.ts";
import { rebuildStore } from "./rebuild.ts";
import { checkSeal, sealStore, unseal } from "./seal.ts";
import { flushWrites } from "./write-queue.ts";

/** An open store: one SQLite file, or memory when nothing can or should be kept. */
export interface OpenedStore {
  readonly file: string;
  readonly db: Database;
  /** Notices for the user about it, a sentence or two each. */
  readonly notices: readonly string[];
  /** Runs `work` in one transaction that holds the write lock from its start, so that processes wait for each other. */
  writing<T>(work: () => T): T;
  close(): void;
}

/** A database that has the tables, in a file or in memory. */
export type Tables = Pick<OpenedStore, "db">;

/**
 * Opens the store, creates the file and its tables if needed, and brings older ones up to date. A corrupt store is set aside and
 * rebuilt, and when nothing can be written the store is kept in memory: `notices` report it. `:memory:` keeps nothing. Throws
 * RolecallError for a file that is not a store or is of a newer rolecall, and when another process holds the file for minutes.
 */
export function openStore(path: string): OpenedStore {
  if (path === ":memory:") return memoryStore([]);
  const file = followLink(path);
  try {
    requireStore(file);
    return openFile(file);
  } catch (thrown) {
    return recoverStore(file, thrown);
  }
}

/** Returns a store to go on with after `cause` was thrown by the one in `file`; throws if that is not possible. */
export function recoverStore(file: string, cause: unknown): OpenedStore {
  if (file !== ":memory:" && isCorrupt(cause)) return reopenRebuilt(file, cause);
  if (file !== ":memory:" && isUnwritable(cause)) return memoryCopy(file, cause);
  if (codeOf(cause)?.startsWith("SQLITE_BUSY"))
    throw new RolecallError(`${file}: in use by another process`, {
      hint: "Try again when it has ended, or another file with --db.",
      cause,
    });
  throw cause;
}

/** Time to wait for another process that updates the store. */
const PATIENCE_MS = 120_000;

function openFile(file: string, notices: readonly string[] = []): OpenedStore {
  makeFolder(dirname(file));
  const isNew = !existsSync(file);
  const db = new Sqlite(file, { timeout: PATIENCE_MS });
  if (isNew) db.pragma("synchronous = OFF"); // there is nothing to lose yet
  try {
    migrateStore(db, file);
    checkSeal(db, file);
    purge(db, file);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  noteOpened(file);
  db.pragma("synchronous = NORMAL");
  return toStore(file, db, notices);
}

function toStore(file: string, db: Sqlite.Database, notices: readonly string[]): OpenedStore {
  return {
    file,
    db,
    notices,
    writing: (work) =>
      db
        .transaction(() => {
          unseal(db);
          return work();
        })
        .immediate(),
    close: () => {
      if (!db.open) return;
      flushWrites(db);
      if (file !== ":memory:") sealStore(db, file);
      db.close();
    },
  };
}

/** Creates a folder and those above it. Node's own option never returns when none can be created in an existing one (`/proc`). */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown; // another process was first
  }
}

function reopenRebuilt(file: string, cause: unknown): OpenedStore {
  try {
    return openFile(file, rebuildStore(file, cause));
  } catch (thrown) {
    if (isUnwritable(thrown)) return memoryCopy(file, thrown);
    throw thrown;
  }
}

/** Returns a copy of the file in memory; an empty store when it cannot be read. */
function memoryCopy(file: string, cause: unknown): OpenedStore {
  const notices = [
    `${file} cannot be written (${messageOf(cause)}). The numbers are right, but nothing is kept this time.`,
  ];
  const bytes = readBytes(file);
  if (!bytes || bytes.length === 0) return memoryStore(notices);
  bytes.fill(1, 18, 20); // marks it as a file without a log (SQLite file format, 1.3)
  const db = new Sqlite(bytes);
  migrateCopy(db, file);
  return toStore(":memory:", db, notices);
}

function memoryStore(notices: readonly string[]): OpenedStore {
  const db = new Sqlite(":memory:");
  createTables(db);
  return toStore(":memory:", db, notices);
}

/** SQLite reads a file with a log only where it may create a shared index beside it; otherwise the log is left out. */
function readBytes(file: string): Buffer | undefined {
  try {
    const db = new Sqlite(file, { readonly: true });
    try {
      return db.serialize();
    } finally {
      db.close();
    }
  } catch {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : undefined;
  }
}

function isCorrupt(thrown: unknown): boolean {
  return /^SQLITE_(?:CORRUPT|NOTADB)/.test(codeOf(thrown) ?? "");
}

function isUnwritable(thrown: unknown): boolean {
  return /^(?:SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|PERM)|EACCES|EPERM|EROFS|ENOSPC|EDQUOT|ENOTDIR|ENOENT|EEXIST)/.test(
    codeOf(thrown) ?? "",
  );
}
