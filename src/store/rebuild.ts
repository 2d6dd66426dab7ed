import Database from "better-sqlite3";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { codeOf, messageOf } from "../errors.ts";
import { freeOrphans, resolveCopies } from "./copies.ts";
import { restoreNotes } from "./forget.ts";
import { hashWords } from "./hash-words.ts";
import { LEDGER_TABLES } from "./ledger-sums.ts";
import { createTables } from "./migrate.ts";
import { type Damage, findDamage, removeSeal, unseal } from "./seal.ts";
import { rebuildSums } from "./spend-sums.ts";
import { invalidateReadings } from "./transcripts.ts";

/**
 * Replaces a corrupt store by a fresh one with the rows that can still be read, and keeps the corrupt file beside it. What is still
 * on disk is read again by the next ingest. Returns a notice for the user. When it is killed, either the old file or the whole new
 * one is in place.
 */
export function rebuildStore(file: string, cause: unknown): string[] {
  const lock = lockBeside(file);
  try {
    const damage = findDamage(file);
    if (isSound(file) && (damage?.pages.length ?? 0) === 0) return []; // another process was first
    const fresh = `${file}.rebuilt`;
    for (const part of ["", "-journal", "-wal", "-shm"]) rmSync(fresh + part, { force: true });
    const built = buildFrom(file, fresh, damage);
    const aside = freeName(`${file}.corrupt-${new Date().toISOString().slice(0, 10)}`);
    linkSync(file, aside);
    if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
    rmSync(`${file}-shm`, { force: true });
    renameSync(fresh, file);
    removeSeal(file);
    return [
      `${file} was damaged (${messageOf(cause)}). It is kept as ${aside}; a new one was made from ${built.rows} rows that could still be read and from the transcripts on disk.${lostText(built.lost)}`,
    ];
  } finally {
    lock.close();
    rmSync(lock.name, { force: true });
  }
}

function lostText(lost: number | undefined): string {
  if (lost === undefined) return "";
  if (lost === 0) return " No row was lost.";
  return ` ${lost} ${lost === 1 ? "row was" : "rows were"} lost; those of transcripts on disk are read again.`;
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

/** The sources of a new store, and the number of rows that it lacks of the damaged one; undefined when nobody counted them. */
interface Built {
  rows: number;
  lost: number | undefined;
}

function buildFrom(file: string, fresh: string, damage: Damage | undefined): Built {
  const to = new Database(fresh);
  const readable = damage && damage.pages.length > 0 ? withoutPages(file, damage) : file;
  try {
    to.pragma("page_size = 16384");
    const rows = to.transaction(() => {
      createTables(to);
      const copied = copyFrom(readable, to);
      restoreNotes({ db: to }, file);
      return copied - mend(to);
    })();
    to.pragma("journal_mode = WAL");
    return { rows, lost: damage && countLost(damage.rows, to) };
  } finally {
    to.close();
    if (readable !== file) rmSync(readable, { force: true });
  }
}

function copyFrom(file: string, to: Database.Database): number {
  let from: Database.Database | undefined;
  try {
    from = new Database(file, { readonly: true });
    const source = from;
    return tablesOf(to).reduce((rows, table) => rows + copyTable(table, source, to), 0);
  } catch (thrown) {
    if (codeOf(thrown) === "SQLITE_NOTADB" || codeOf(thrown)?.startsWith("SQLITE_CORRUPT")) return 0;
    throw thrown;
  } finally {
    from?.close();
  }
}

/** The type of pages that hold no rows, only where those are (SQLite file format, 1.6). */
const TABLE_INTERIOR = 0x05;

/** Copies a store with its damaged pages made unreadable: SQLite would take what they hold for right. The first one has the schema. */
function withoutPages(file: string, { pages, pageSize }: Damage): string {
  const copy = `${file}.readable`;
  const bytes = readFileSync(file);
  for (const page of pages) {
    const start = (page - 1) * pageSize;
    const isMade = page > 1 && start < bytes.length && bytes[start] !== TABLE_INTERIOR;
    if (isMade) bytes.fill(0xff, start, Math.min(bytes.length, start + pageSize));
  }
  writeFileSync(copy, bytes);
  return copy;
}

/** Tables that are made again from the others. */
const DERIVED = new Set([
  "spend", "session_judgement", "model_switch", "task", "task_evidence", "task_bill", "reading", "meta",
]); // prettier-ignore

function countLost(before: Readonly<Record<string, number>>, db: Database.Database): number {
  return tablesOf(db)
    .filter((table) => !DERIVED.has(table))
    .map((table) => {
      const now = db.prepare(`SELECT count(*) FROM "${table}"`).pluck().get() as number;
      return Math.max(0, (before[table] ?? 0) - now);
    })
    .reduce((sum, rows) => sum + rows, 0);
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
      for (const row of select.iterate() as Iterable<unknown[]>)
        if (!row.some(isBroken)) rows += insert.run(row).changes;
      return rows;
    } catch {
      // The rest cannot be reached from this side.
    }
  }
  return rows;
}

/** A text of which a part was on a damaged page. */
function isBroken(value: unknown): boolean {
  return typeof value === "string" && value.includes("\uFFFD");
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
  unseal(db); // the seal beside it is that of the damaged file, and stays there until this one is in its place
  db.exec("UPDATE transcript SET gone = 0; DELETE FROM session_judgement");
  freeOrphans({ db });
  resolveCopies({ db });
  rebuildSums({ db });
  return deleted;
}

const ORPHANS = [
  "DELETE FROM context WHERE transcript NOT IN (SELECT id FROM transcript)",
  "DELETE FROM request WHERE context NOT IN (SELECT id FROM context)",
  ...["reading", "line_count", "client_cost", "event_batch", "content", ...LEDGER_TABLES].map(
    (table) => `DELETE FROM ${table} WHERE transcript NOT IN (SELECT id FROM transcript)`,
  ),
];
