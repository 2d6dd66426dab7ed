import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { freeOrphans, resolveCopies } from "./copies.ts";
import { LEDGER_TABLES } from "./ledger-sums.ts";
import type { OpenedStore, Tables } from "./open.ts";
import { unseal } from "./seal.ts";
import { rebuildSums } from "./spend-sums.ts";
import { invalidateReadings } from "./transcripts.ts";

export const FORGOTTEN_SCHEMA = `
-- What these sessions did before a moment (ms since the epoch) is not kept, though it may still be on disk; * stands for all.
CREATE TABLE forgotten (session TEXT PRIMARY KEY, before INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** The data to forget: some sessions, or everything that the store holds. */
export type Selection = readonly string[] | "all";

/** Deletes what is kept of sessions, and makes sure that what they did before `now` does not come back. */
export function forgetSessions(store: OpenedStore, selection: Selection, now: number): void {
  const { db } = store;
  db.pragma("secure_delete = ON");
  db.transaction(() => {
    unseal(db);
    if (selection === "all") db.exec(deleteAll(db));
    else {
      const sessions = JSON.stringify(selection);
      for (const statement of DELETE_SESSIONS) db.prepare(statement).run({ sessions });
    }
    const remember = db.prepare("INSERT OR REPLACE INTO forgotten VALUES (?, ?)");
    for (const session of selection === "all" ? ["*"] : selection) remember.run(session, now);
    writeNotes(store);
    // A request that a fork carries as a copy counts for the fork now.
    freeOrphans(store);
    resolveCopies(store);
    rebuildSums(store);
  }).immediate();
  db.pragma("wal_checkpoint(TRUNCATE)");
}

/** Undoes that: what is still on disk is read again by the next ingest. */
export function recallSessions(store: OpenedStore, selection: Selection): void {
  const { db } = store;
  db.transaction(() => {
    unseal(db);
    if (selection === "all") db.exec("DELETE FROM forgotten");
    else
      db.prepare("DELETE FROM forgotten WHERE session IN (SELECT value FROM json_each(?))").run(
        JSON.stringify(selection),
      );
    writeNotes(store);
    // Files that were added to since are known in part.
    invalidateReadings(store);
  }).immediate();
}

const notesOf = (file: string): string => `${file}.forgotten`;

/** Keeps the notes a second time, beside the store: they have to outlive a store that is damaged. */
function writeNotes({ db, file }: OpenedStore): void {
  if (file === ":memory:") return;
  const notes = db.prepare("SELECT session, before FROM forgotten ORDER BY session").raw().all();
  const temporary = `${notesOf(file)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(notes));
  renameSync(temporary, notesOf(file));
}

/** Puts back the notes that were kept beside a damaged store. Throws when they are there and cannot be read. */
export function restoreNotes({ db }: Tables, file: string): void {
  if (!existsSync(notesOf(file))) return;
  const notes = JSON.parse(readFileSync(notesOf(file), "utf8")) as [string, number][];
  const insert = db.prepare(
    "INSERT INTO forgotten VALUES (?, ?) ON CONFLICT DO UPDATE SET before = max(before, excluded.before)",
  );
  for (const [session, before] of notes) insert.run(session, before);
}

export function readForgottenSessions({ db }: Tables): string[] {
  return db.prepare("SELECT session FROM forgotten ORDER BY session").pluck().all() as string[];
}

/** Returns up to when a session is forgotten, in ms since the epoch; 0 when it is not. */
export type ForgottenUntil = (session: string) => number;

export function readForgotten({ db }: Tables): ForgottenUntil {
  const moments = new Map(
    db.prepare("SELECT session, before FROM forgotten").raw().all() as [string, number][],
  );
  const all = moments.get("*") ?? 0;
  return (session) => Math.max(all, moments.get(session) ?? 0);
}

function deleteAll(db: Tables["db"]): string {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('meta', 'forgotten')")
    .pluck()
    .all() as string[];
  return tables.map((table) => `DELETE FROM "${table}";`).join("");
}

const SESSIONS = "(SELECT value FROM json_each(@sessions))";
/** Other sessions' files can hold their requests as well: forks and resumes copy them. */
const CONTEXTS = `(SELECT id FROM context WHERE session IN ${SESSIONS})`;
/** The oldest agent files do not name their session: their contexts do. */
const TRANSCRIPTS = `(
  SELECT id FROM transcript WHERE session IN ${SESSIONS}
  UNION SELECT id FROM transcript WHERE session = '' AND id IN (SELECT transcript FROM context WHERE session IN ${SESSIONS}))`;

/** In this order: the table that says which rows are meant comes last. */
const DELETE_SESSIONS = [
  ...["client_cost", "event_batch", "line_count", "content", ...LEDGER_TABLES, "reading"].map(
    (table) => `DELETE FROM ${table} WHERE transcript IN ${TRANSCRIPTS}`,
  ),
  ...["task_evidence", "task_bill"].map(
    (table) => `DELETE FROM ${table} WHERE task IN (SELECT id FROM task WHERE session IN ${SESSIONS})`,
  ),
  ...["task", "model_switch", "session_judgement", "hand_outcome", "agent_run", "session_title"].map(
    (table) => `DELETE FROM ${table} WHERE session IN ${SESSIONS}`,
  ),
  `DELETE FROM attempts WHERE attempt ->> 'session' IN ${SESSIONS}`,
  `DELETE FROM request WHERE context IN ${CONTEXTS} OR context IN (SELECT id FROM context WHERE transcript IN ${TRANSCRIPTS})`,
  `DELETE FROM spend WHERE context IN ${CONTEXTS}`,
  `DELETE FROM transcript WHERE id IN ${TRANSCRIPTS}`,
  `DELETE FROM context WHERE session IN ${SESSIONS} OR transcript NOT IN (SELECT id FROM transcript)`,
];
