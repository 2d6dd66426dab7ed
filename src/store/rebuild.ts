import Database from "better-sqlite3";
import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { codeOf, messageOf } from "../errors.ts";
import { resolveCopies } from "./copies.ts";
import { createTables } from "./migrate.ts";
import { deleteDamagedPacks, rewriteSums } from "./request-packs.ts";
import { readCopies } from "./spent.ts";

/**
 * Puts a fresh store in the place of a corrupt one, with the rows that can still be read, and keeps the corrupt file beside
 * it. What is still on disk is read again by the next ingest. Returns what to tell the user. Killed at any moment, either
 * the old file or the whole new one is in place.
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

/** Copies every row that can be read from one store to another; returns how many, and whether that is all of them. */
export function copyRows(from: Database.Database, to: Database.Database): { rows: number; whole: boolean } {
  return to.transaction(() => {
    const copies = tablesOf(to).map((table) => copyTable(table, from, to));
    const whole = copies.every((copy) => copy.whole);
    if (!whole) mend(to);
    return { rows: copies.reduce((sum, copy) => sum + copy.rows, 0), whole };
  })();
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

/** A lock that ends with its process: a database of its own, for the damaged one can give none. */
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
      const { rows } = copyRows(from, to);
      return rows - mend(to);
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

/** From the front up to the damage, then from the end back to it. */
function copyTable(table: string, from: Database.Database, to: Database.Database) {
  const columns = sharedColumns(table, from, to);
  if (columns.length === 0) return { rows: 0, whole: false };
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
      return { rows, whole: direction === "ASC" };
    } catch {
      // The rest cannot be reached from this side.
    }
  }
  return { rows, whole: false };
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

/** The columns that a table is stored in order of. */
function keyOf(table: string, db: Database.Database): string[] {
  const withoutRowid = db.prepare("SELECT wr FROM pragma_table_list(?)").pluck().get(table) === 1;
  if (!withoutRowid) return ["rowid"];
  return db
    .prepare("SELECT '\"' || name || '\"' FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
    .pluck()
    .all(table) as string[];
}

/**
 * Rows that lost what they belong to would belong to something else later. Every transcript that is still on disk is read
 * again from its start, for nobody knows what is missing of it; the others keep what was found. Returns how many rows turned
 * out to be damaged.
 */
function mend(db: Database.Database): number {
  const damaged = deleteDamagedPacks(db);
  db.exec(MEND);
  resolveCopies({ db });
  const all = db.prepare<[], number>("SELECT transcript FROM request_pack").pluck().all();
  rewriteSums({ db }, all, readCopies({ db }));
  return damaged;
}

const MEND = `
  DELETE FROM request_pack WHERE transcript NOT IN (SELECT id FROM transcript);
  DELETE FROM client_cost WHERE transcript NOT IN (SELECT id FROM transcript);
  DELETE FROM event_batch WHERE transcript NOT IN (SELECT id FROM transcript);
  DELETE FROM copied;
  DELETE FROM request_sums;
  UPDATE transcript SET size = -1, fingerprint = '', observed_fingerprint = '', gone = 0;
`;
