import type { Store } from "./open.ts";

/**
 * A store that is still empty is filled without the write-ahead log and without waiting for the disk: a rollback journal of
 * an empty file is next to nothing, it holds against being killed, and after a power cut everything is still in the
 * transcripts. Returns what puts it back. Where other processes have the file open, it stays as it is.
 */
export function prepareForFilling({ db }: Store): () => void {
  const empty = db.prepare("SELECT 1 FROM transcript LIMIT 1").get() === undefined;
  if (!empty || !trySetting(db, "journal_mode = DELETE")) return () => {};
  db.pragma("synchronous = OFF");
  db.pragma(`cache_size = ${FILLING_CACHE_KIB * -1}`);
  return () => {
    db.pragma("synchronous = NORMAL");
    db.pragma(`cache_size = ${USUAL_CACHE_KIB * -1}`);
    trySetting(db, "journal_mode = WAL");
  };
}

const FILLING_CACHE_KIB = 48 * 1024;
/** SQLite's own default. */
const USUAL_CACHE_KIB = 2000;

function trySetting(db: Store["db"], pragma: string): boolean {
  try {
    db.pragma(pragma);
    return true;
  } catch {
    return false; // locked by another process
  }
}
