import { resolveCopies } from "./copies.ts";
import type { Store } from "./open.ts";

export const FORGOTTEN_SCHEMA = `
-- What these sessions did before a moment is not kept, though it may still be on disk; the session * stands for all.
CREATE TABLE forgotten (session TEXT PRIMARY KEY, before INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** What to forget: some sessions, or everything that the store holds. */
export type Selection = readonly string[] | "all";

/** Deletes what is kept of sessions, and sees to it that what they did before `now` does not come back. */
export function forgetSessions(store: Store, selection: Selection, now: number): void {
  const { db } = store;
  db.pragma("secure_delete = ON");
  db.transaction(() => {
    if (selection === "all") db.exec(deleteAll(db));
    else
      for (const statement of DELETE_SESSIONS)
        db.prepare(statement).run({ sessions: JSON.stringify(selection) });
    const remember = db.prepare("INSERT OR REPLACE INTO forgotten VALUES (?, ?)");
    for (const session of selection === "all" ? ["*"] : selection) remember.run(session, now);
    resolveCopies(store);
  }).immediate();
  db.pragma("wal_checkpoint(TRUNCATE)");
}

/** Takes it back: what is still on disk is read again by the next ingest. */
export function recallSessions({ db }: Store, selection: Selection): void {
  db.transaction(() => {
    if (selection === "all") db.exec("DELETE FROM forgotten");
    else
      db.prepare("DELETE FROM forgotten WHERE session IN (SELECT value FROM json_each(?))").run(
        JSON.stringify(selection),
      );
    // Files that were added to since are known in part: no fingerprint matches them now.
    db.exec("UPDATE transcript SET size = -1, fingerprint = ''");
  }).immediate();
}

export function readForgottenSessions({ db }: Store): string[] {
  return db.prepare("SELECT session FROM forgotten ORDER BY session").pluck().all() as string[];
}

/** Up to when a session is forgotten, in ms since the epoch; 0 where it is not. */
export type ForgottenUntil = (session: string) => number;

export function readForgotten({ db }: Store): ForgottenUntil {
  const moments = new Map(
    db.prepare("SELECT session, before FROM forgotten").raw().all() as [string, number][],
  );
  const all = moments.get("*") ?? 0;
  return (session) => Math.max(all, moments.get(session) ?? 0);
}

/** The events of a transcript without those before `until`. */
export function dropForgotten(events: string, until: number): string {
  if (until === 0 || events === "[]") return events;
  return JSON.stringify((JSON.parse(events) as { at: number }[]).filter(({ at }) => at >= until));
}

function deleteAll(db: Store["db"]): string {
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('meta', 'forgotten')")
    .pluck()
    .all() as string[];
  return tables.map((table) => `DELETE FROM "${table}";`).join("");
}

const SESSIONS = "(SELECT value FROM json_each(@sessions))";
const CONTEXTS = `(SELECT id FROM context WHERE session IN ${SESSIONS})`;
const TRANSCRIPTS = `(
  SELECT id FROM transcript WHERE session IN ${SESSIONS}
  UNION SELECT transcript FROM request WHERE context IN ${CONTEXTS} AND transcript IN (SELECT id FROM transcript WHERE session = ''))`;

/** In this order: what says which transcripts are meant goes last. The oldest agent files do not say whose they are. */
const DELETE_SESSIONS = [
  ...["client_cost", "event_batch", "watched"].map(
    (table) => `DELETE FROM ${table} WHERE transcript IN ${TRANSCRIPTS}`,
  ),
  ...["session_analysis", "hand_outcome", "agent_run"].map(
    (table) => `DELETE FROM ${table} WHERE session IN ${SESSIONS}`,
  ),
  `DELETE FROM transcript WHERE id IN ${TRANSCRIPTS}`,
  `DELETE FROM request WHERE context IN ${CONTEXTS} OR transcript NOT IN (SELECT id FROM transcript)`,
  `DELETE FROM context WHERE session IN ${SESSIONS} AND id NOT IN (SELECT context FROM request)`,
  "DELETE FROM project WHERE slug NOT IN (SELECT slug FROM context) AND slug NOT IN (SELECT slug FROM transcript)",
];
