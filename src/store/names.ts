import Sqlite from "better-sqlite3";

/** A name in the store, and what helps to recognize it. */
export interface StoredName {
  name: string;
  note: string;
}

const QUERIES = {
  project:
    "SELECT project AS name, '' AS note FROM transcript WHERE project <> '' GROUP BY project ORDER BY max(last_at) DESC",
  session:
    "SELECT session AS name, project AS note FROM transcript GROUP BY session ORDER BY max(last_at) DESC LIMIT 50",
  agent: "SELECT DISTINCT agent AS name, '' AS note FROM context ORDER BY agent",
  branch:
    "SELECT branch AS name, '' AS note FROM context WHERE branch <> '' GROUP BY branch ORDER BY max(id) DESC LIMIT 200",
};

/** Returns names of a store, recent ones first. Nothing is written or brought up to date: a file of another format has no names. */
export function readNames(file: string, kind: keyof typeof QUERIES): StoredName[] {
  try {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true });
    try {
      return db.prepare<[], StoredName>(QUERIES[kind]).all();
    } finally {
      db.close();
    }
  } catch (thrown) {
    if (thrown instanceof Sqlite.SqliteError) return [];
    throw thrown;
  }
}
