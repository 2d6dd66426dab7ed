import Database from "better-sqlite3";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { createRandom } from "../../bench/random.ts";

/** A page of the file, and the table or the index's table that it belongs to. */
export interface Page {
  table: string;
  page: number;
}

/** Returns the pages of a store's tables and indexes. */
export function pagesOf(file: string): Page[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare<[], Page>(
        `SELECT coalesce(tbl_name, name) AS "table", pageno AS page FROM dbstat LEFT JOIN sqlite_schema USING (name)
        WHERE name NOT LIKE 'sqlite_%'`,
      )
      .all();
  } finally {
    db.close();
  }
}

/** Changes one bit of a byte. */
export function flip(file: string, at: number, random: ReturnType<typeof createRandom>): void {
  const fd = openSync(file, "r+");
  const byte = readFileSync(file)[at] as number;
  writeSync(fd, Buffer.from([byte ^ (1 << random.between(0, 7))]), 0, 1, at);
  closeSync(fd);
}
