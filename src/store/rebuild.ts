import Database from "better-sqlite3";
import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { codeOf, messageOf } from "../errors.ts";
import { freeOrphans, resolveCopies } from "./copies.ts";
import { hashWords } from "./hash-words.ts";
import { LEDGER_TABLES } from "./ledger-sums.ts";
import { createTables } from "./migrate.ts";
import { rebuildSums } from "./spend-sums.ts";
import { invalidateReadings } from "./transcripts.ts";

/**
 * Replaces a corrupt store by a fresh one with the rows that can still be read, and keeps the corrupt file beside it. What is still
 * on disk is read again by the next ingest. Returns what to tell the user. When it is killed, either the old file or the whole new
 * one is in place.
 */
export function rebuildStore(file: string, cause: unknown): string[] {
  const lock = lockBeside(file);
  try {
    if (isSound(file)) return []; // another process was first
    const fresh = `${file}.rebuilt`;
    for (const part of ["", "-journal"]) rmSync(fresh + part, { force: true });
    const rows = buildFrom(file, fresh);
    const aside = freeName(`${file}.corrupt-${new Date().toISOString().slice(0, 10)}`);
    linkSync(file, aside);
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
    rmSync(`${file}-shm`, { force: true });
    renameSync(fresh, file);
    return [
      `${file} was damaged (${messageOf(cause)}). It is kept as ${aside}; a new one was made from ${rows} rows that could still be read and from the transcripts on disk.`,
    ];
  } finally {
    lock.close();
    rmSync(lock.name, { force: true });
  }
}

/** Copies every row that can be read from one store to another; returns how many. */
function copyRows(from: Database.Database, to: Database.Database): number {
  return to.transaction(() => tablesOf(to).reduce((rows, table) => rows + copyTable(table, from, to), 0))();
}

function isSound(file: string): boolean {
  try {
    const db = new Database(file, { readonly: true });
    try {
      return db.pragma("integrity_check(1)", { simple: true }) === "ok";
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

/** Takes a lock that ends with its process: on a database of its own, because the damaged one can give none. */
function lockBeside(file: string): Database.Database {
  const lock = new Database(`${file}.lock`, { timeout: 120_000 });
  lock.exec("BEGIN EXCLUSIVE");
  return lock;
}

function buildFrom(file: string, fresh: string): number {
  const to = new Database(fresh);
  try {
    createTables(to);
    const from = new Database(file, { readonly: true });
    try {
      return copyRows(from, to) - mend(to);
    } finally {
      from.close();
    }
  } catch (thrown) {
    if (codeOf(thrown) === "SQLITE_NOTADB" || codeOf(thrown)?.startsWith("SQLITE_CORRUPT")) return 0;
    throw thrown;
  } finally {
    to.close();
  }
}

function freeName(name: string): string {
  let free = name;
  for (let count = 2; existsSync(free); count++) free = `${name}-${count}`;
  return free;
}

function tablesOf(db: Database.Database): string[] {
  return db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
}

/** Copies from the front up to the damage, then from the end back to it. */
function copyTable(table: string, from: Database.Database, to: Database.Database): number {
  const columns = sharedColumns(table, from, to);
  if (columns.length === 0) return 0;
  const list = columns.map((column) => `"${column}"`).join(", ");
  const insert = to.prepare(
    `INSERT OR IGNORE INTO "${table}" (${list}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const key = keyOf(table, to);
  let rows = 0;
  for (const direction of ["ASC", "DESC"]) {
    const order = key.map((column) => `${column} ${direction}`).join(", ");
    try {
      const select = from.prepare(`SELECT ${list} FROM "${table}" ORDER BY ${order}`).raw();
      for (const row of select.iterate()) rows += insert.run(row).changes;
      return rows;
    } catch {
      // The rest cannot be reached from this side.
    }
  }
  return rows;
}

function sharedColumns(table: string, from: Database.Database, to: Database.Database): string[] {
  const names = (db: Database.Database) =>
    db.prepare("SELECT name FROM pragma_table_info(?)").pluck().all(table) as string[];
  try {
    const known = new Set(names(from));
    return names(to).filter((column) => known.has(column));
  } catch {
    return [];
  }
}

/** Returns the columns that a table is stored in order of. */
function keyOf(table: string, db: Database.Database): string[] {
  const withoutRowid = db.prepare("SELECT wr FROM pragma_table_list(?)").pluck().get(table) === 1;
  if (!withoutRowid) return ["rowid"];
  return db
    .prepare("SELECT '\"' || name || '\"' FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
    .pluck()
    .all(table) as string[];
}

/**
 * Deletes rows that lost what they belong to, since they would belong to something else later. Every transcript that is still on disk
 * is read again from its start, because what is missing of it is not known; the others keep what was found. Returns how many rows
 * were deleted.
 */
function mend(db: Database.Database): number {
  const deleted = ORPHANS.map((sql) => db.prepare(sql).run().changes).reduce((sum, rows) => sum + rows, 0);
  hashWords(db); // of an older format
  invalidateReadings({ db });
  db.exec("UPDATE transcript SET gone = 0; DELETE FROM session_judgement");
  freeOrphans({ db });
  resolveCopies({ db });
  rebuildSums({ db });
  return deleted;
}

const ORPHANS = [
  "DELETE FROM context WHERE transcript NOT IN (SELECT id FROM transcript)",
  "DELETE FROM request WHERE context NOT IN (SELECT id FROM context)",
  "DELETE FROM written WHERE request NOT IN (SELECT id FROM request)",
  ...["reading", "line_count", "client_cost", "event_batch", "content", ...LEDGER_TABLES].map(
    (table) => `DELETE FROM ${table} WHERE transcript NOT IN (SELECT id FROM transcript)`,
  ),
];
