import Database from "better-sqlite3";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf, messageOf, RolecallError } from "../errors.ts";
import { createTables, migrateStore } from "./migrate.ts";
import { copyRows, rebuildStore } from "./rebuild.ts";
import { flushWrites } from "./write-queue.ts";

/** An open store: one SQLite file, or memory where nothing can or shall be kept. */
export interface Store {
  readonly file: string;
  readonly db: Database.Database;
  /** What the user has to be told about it, one sentence or two each. */
  readonly notices: readonly string[];
  close(): void;
}

/** A database that has the tables, wherever it is kept. */
export type Tables = Pick<Store, "db">;

/**
 * Opens the store, making the file and its tables where there are none, and bringing older ones up to date. A corrupt file
 * is set aside and rebuilt, and where nothing can be written the store is kept in memory; both are said in `notices`.
 * `:memory:` keeps nothing. Throws RolecallError for a file of another program or of a newer rolecall, and while another
 * process holds the file for minutes.
 */
export function openStore(file: string): Store {
  if (file === ":memory:") return memoryStore([]);
  try {
    return openFile(file);
  } catch (thrown) {
    return recoverStore(file, thrown);
  }
}

/** A store to go on with after `cause` came up in the one in `file`; throws where there is no way on. */
export function recoverStore(file: string, cause: unknown): Store {
  if (file !== ":memory:" && isCorrupt(cause)) return reopenRebuilt(file, cause);
  if (file !== ":memory:" && isUnwritable(cause)) return memoryCopy(file, cause);
  if (codeOf(cause)?.startsWith("SQLITE_BUSY"))
    throw new RolecallError(`${file} is in use by another process`, {
      hint: "Wait until that has ended, or name another file with --db.",
      cause,
    });
  throw cause;
}

/** How long to wait for another process that brings the store up to date. */
const PATIENCE_MS = 120_000;

function openFile(file: string, notices: readonly string[] = []): Store {
  makeFolder(dirname(file));
  const db = new Database(file, { timeout: PATIENCE_MS });
  try {
    migrateStore(db, file);
  } catch (thrown) {
    db.close();
    throw thrown;
  }
  db.pragma("synchronous = NORMAL");
  return { file, db, notices, close: () => closeAll(db) };
}

/** With those above it. Node's own way never comes back where a folder is there and none can be made in it (`/proc`). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown; // another process was first
  }
}

function reopenRebuilt(file: string, cause: unknown): Store {
  try {
    return openFile(file, rebuildStore(file, cause));
  } catch (thrown) {
    if (isUnwritable(thrown)) return memoryCopy(file, thrown);
    throw thrown;
  }
}

/** What the file holds, as far as it can be read, in memory. */
function memoryCopy(file: string, cause: unknown): Store {
  const store = memoryStore([
    `${file} cannot be written (${messageOf(cause)}). Figures are right, but nothing is kept this time.`,
  ]);
  const source = openForReading(file);
  if (source) copyRows(source, store.db);
  source?.close();
  store.db.exec("DELETE FROM meta WHERE key = 'prices'"); // an older file has no sums: they are made with costs
  return store;
}

/** Writes what still waits for a lock, then closes. */
function closeAll(db: Database.Database): void {
  flushWrites(db);
  db.close();
}

function memoryStore(notices: readonly string[]): Store {
  const db = new Database(":memory:");
  createTables(db);
  return { file: ":memory:", db, notices, close: () => closeAll(db) };
}

/** SQLite reads a file with a log only where it may make a shared index beside it; elsewhere the file's bytes will do. */
function openForReading(file: string): Database.Database | undefined {
  try {
    const db = new Database(file, { readonly: true });
    db.pragma("schema_version");
    return db;
  } catch {
    return openBytes(file);
  }
}

function openBytes(file: string): Database.Database | undefined {
  try {
    const bytes = readFileSync(file);
    bytes.fill(1, 18, 20); // says that it has no log (SQLite file format, 1.3)
    return new Database(bytes);
  } catch {
    return undefined;
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
