import type { Database } from "./database.ts";
import type { Tables } from "./open.ts";
import { isEmpty } from "./transcripts.ts";

/**
 * A store that is still empty is filled without waiting for the disk: it survives being killed all the same, and after
 * a power cut everything is still in the transcripts. Returns what brings it to rest.
 */
export function prepareForFilling(store: Tables): () => void {
  const { db } = store;
  if (!isEmpty(store)) return () => {};
  db.pragma("synchronous = OFF");
  db.pragma(`cache_size = -${FILLING_CACHE_KIB}`);
  db.pragma("wal_autocheckpoint = 0");
  return () => {
    emptyLog(db);
    db.pragma(`wal_autocheckpoint = ${USUAL_CHECKPOINT_PAGES}`);
    db.pragma(`cache_size = -${USUAL_CACHE_KIB}`);
    db.pragma("synchronous = NORMAL");
  };
}

/**
 * Moves the log into the file and empties it, because a log that is not empty is written to the disk when the store is sealed. While
 * another process uses the store, the log is moved as far as possible.
 */
function emptyLog(db: Database): void {
  const patienceMs = db.pragma("busy_timeout", { simple: true }) as number;
  db.pragma("busy_timeout = 0");
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.pragma(`busy_timeout = ${patienceMs}`);
}

const FILLING_CACHE_KIB = 32 * 1024;
/** SQLite's own defaults. */
const USUAL_CACHE_KIB = 2000;
const USUAL_CHECKPOINT_PAGES = 1000;
