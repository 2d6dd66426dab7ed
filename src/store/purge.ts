import type Database from "better-sqlite3";
import { rmSync } from "node:fs";
import { codeOf } from "../errors.ts";
import { unseal } from "./seal.ts";

/** The last format whose events held words of commands and paths of files. */
const LAST_WITH_WORDS = 3;
/** Time to wait for processes that read the store: the next one that opens it tries again. */
const PATIENCE_MS = 1000;

/** Notes that pages of the file which are free now hold what must not be kept. */
export function notePurge(db: Database.Database): void {
  db.exec("INSERT OR REPLACE INTO meta VALUES ('purge', 1)");
}

/** Writes the file again without its free pages, and deletes the backups of formats that held words, if that was noted. */
export function purge(db: Database.Database, file: string): void {
  if (db.prepare("SELECT 1 FROM meta WHERE key = 'purge'").get() === undefined) return;
  const patience = db.pragma("busy_timeout", { simple: true }) as number;
  db.pragma(`busy_timeout = ${PATIENCE_MS}`);
  try {
    unseal(db);
    db.exec("VACUUM");
    const isBusy = db.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) !== 0;
    if (isBusy) return;
    for (let format = 1; format <= LAST_WITH_WORDS; format++)
      rmSync(`${file}.v${format}-backup`, { force: true });
    db.exec("DELETE FROM meta WHERE key = 'purge'");
  } catch (thrown) {
    if (!codeOf(thrown)?.startsWith("SQLITE_BUSY")) throw thrown;
  } finally {
    db.pragma(`busy_timeout = ${patience}`);
  }
}
