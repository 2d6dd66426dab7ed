import Database from "better-sqlite3";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** An open store: one SQLite file. */
export interface Store {
  readonly file: string;
  readonly db: Database.Database;
  close(): void;
}

/** Opens the store, making the file and its tables where there are none. `:memory:` keeps nothing. */
export function openStore(file: string): Store {
  if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
  const db = new Database(file, { timeout: 120_000 });
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.transaction(() => {
    if (db.pragma("user_version", { simple: true }) !== 0) return;
    for (const block of SCHEMA) db.exec(block);
    db.pragma(`user_version = ${SCHEMA_VERSION}`);
  }).immediate();
  return { file, db, close: () => void db.close() };
}
