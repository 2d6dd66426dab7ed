import Database from "better-sqlite3";
import { renameSync, rmSync } from "node:fs";
import { codeOf, RolecallError } from "../errors.ts";
import { APPLICATION_ID } from "./identify.ts";
import { unseal } from "./seal.ts";
import { type Migration, MIGRATIONS, SCHEMA } from "./schema.ts";

/**
 * Makes the tables of a fresh store, or brings those of an older one up to date, in one transaction and after a backup beside the
 * file. Processes that do so at the same time wait for each other. Throws RolecallError for a file of another program or of a newer
 * rolecall, which is left as it is.
 */
export function migrateStore(db: Database.Database, file: string, migrations = MIGRATIONS): void {
  const current = 1 + migrations.length;
  if (isCurrent(db, file, current)) return;
  useWriteAheadLog(db);
  db.transaction(() => {
    if (isCurrent(db, file, current)) return; // another process was first
    const version = versionOf(db);
    if (version === 0) return createTables(db, current);
    backUp(file, version);
    runMigrations(db, version, migrations);
  }).immediate();
}

/** Brings a copy in memory of the store in `file` up to date; throws like migrateStore. */
export function migrateCopy(db: Database.Database, file: string): void {
  if (isCurrent(db, file, 1 + MIGRATIONS.length)) return;
  const version = versionOf(db);
  if (version === 0) createTables(db);
  else db.transaction(() => runMigrations(db, version, MIGRATIONS))();
}

function runMigrations(db: Database.Database, version: number, migrations: readonly Migration[]): void {
  for (const migrate of migrations.slice(version - 1)) migrate(db);
  unseal(db);
  db.pragma(`user_version = ${1 + migrations.length}`);
}

export function createTables(db: Database.Database, version = 1 + MIGRATIONS.length): void {
  for (const block of SCHEMA) db.exec(block);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${version}`);
}

function versionOf(db: Database.Database): number {
  return db.pragma("user_version", { simple: true }) as number;
}

/** Reads what identifies the file in one transaction: another process may be making its tables. */
function readIdentity(db: Database.Database) {
  return db.transaction(() => ({
    version: versionOf(db),
    owner: db.pragma("application_id", { simple: true }),
    isEmpty: db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined,
  }))();
}

function isCurrent(db: Database.Database, file: string, current: number): boolean {
  const { version, owner, isEmpty } = readIdentity(db);
  if (owner !== APPLICATION_ID && !isEmpty)
    throw new RolecallError(`${file}: a database of another program`, {
      hint: "Try another file with --db or ROLECALL_DB. This one was not changed.",
    });
  if (version > current)
    throw new RolecallError(
      `${file}: written by a newer rolecall: its format is ${version}, this program knows ${current === 1 ? "only 1" : `1 to ${current}`}`,
      { hint: "Try a newer rolecall, or a separate store with --db FILE. This file was not changed." },
    );
  return version === current;
}

const BUSY_TRIES = 600;
const BUSY_PAUSE_MS = 20;

/** The switch needs exclusive access, for which SQLite does not wait by itself. */
function useWriteAheadLog(db: Database.Database): void {
  for (let tries = 1; ; tries++)
    try {
      db.pragma("page_size = 16384");
      db.pragma("journal_mode = WAL");
      return;
    } catch (thrown) {
      if (!codeOf(thrown)?.startsWith("SQLITE_BUSY") || tries === BUSY_TRIES) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
}

/** Writes a copy of the last committed state beside the file: `rolecall.db.v1-backup`. */
function backUp(file: string, version: number): void {
  const backup = `${file}.v${version}-backup`;
  const temporary = `${backup}.${process.pid}`;
  const reader = new Database(file, { readonly: true });
  try {
    reader.prepare("VACUUM INTO ?").run(temporary);
    renameSync(temporary, backup);
  } finally {
    reader.close();
    rmSync(temporary, { force: true });
  }
}
