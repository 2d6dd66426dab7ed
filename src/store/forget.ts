import { resolveCopies } from "./copies.ts";
import type { Store } from "./open.ts";
import { createPackReader, createPackWriter, type RequestPack, withoutRequests } from "./request-packs.ts";

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
    else {
      const sessions = JSON.stringify(selection);
      for (const statement of DELETE_SESSIONS) db.prepare(statement).run({ sessions });
      dropRequestsOf(store, new Set(selection));
      db.exec(DELETE_UNUSED);
    }
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
    db.exec("UPDATE transcript SET size = -1, fingerprint = '', observed_fingerprint = ''");
  }).immediate();
}

/** Other sessions' files may hold their requests as well: forks and resumes copy them. */
function dropRequestsOf(store: Store, sessions: ReadonlySet<string>): void {
  const readPack = createPackReader(store);
  const write = createPackWriter(store);
  const holding = store.db.prepare<{ sessions: string }, number>(PACKS_HOLDING).pluck();
  for (const transcript of holding.all({ sessions: JSON.stringify([...sessions]) })) {
    const pack = readPack(transcript) as RequestPack;
    write(
      transcript,
      withoutRequests(pack, ({ session }) => sessions.has(session)),
    );
  }
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
const PACKS_HOLDING = `
  SELECT transcript FROM request_pack
  WHERE EXISTS (SELECT 1 FROM json_each(contexts) WHERE value ->> 'session' IN ${SESSIONS})`;
/** The oldest agent files do not say whose they are: what stands in them does. */
const TRANSCRIPTS = `(
  SELECT id FROM transcript WHERE session IN ${SESSIONS}
  UNION SELECT id FROM transcript WHERE session = '' AND id IN (${PACKS_HOLDING}))`;

/** In this order: what says which transcripts are meant goes last. */
const DELETE_SESSIONS = [
  ...["client_cost", "event_batch"].map((table) => `DELETE FROM ${table} WHERE transcript IN ${TRANSCRIPTS}`),
  ...["session_analysis", "hand_outcome", "agent_run"].map(
    (table) => `DELETE FROM ${table} WHERE session IN ${SESSIONS}`,
  ),
  `DELETE FROM transcript WHERE id IN ${TRANSCRIPTS}`,
];
const DELETE_UNUSED = `
  DELETE FROM request_pack WHERE transcript NOT IN (SELECT id FROM transcript);
  DELETE FROM project WHERE slug NOT IN (SELECT slug FROM transcript);`;
