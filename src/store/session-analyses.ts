import type { Store } from "./open.ts";

/**
 * What the rules made of each session, kept so that only sessions with news are judged anew. `stamp` stands for everything
 * that the judgement rests on.
 */
export const ANALYSES_SCHEMA = `
CREATE TABLE session_analysis (
  session TEXT PRIMARY KEY,
  stamp TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** A session that began with /clear in the same process, so that its user went on after the one before. */
export interface ClearedInto {
  file: string;
  line: number;
}

/** What a judgement of a session would rest on now. */
export interface SessionStamp {
  session: string;
  stamp: string;
  firstAt: number;
  lastAt: number;
  cleared?: ClearedInto;
}

/** The stamps of all sessions whose judgement is missing or out of date under these rules. */
export function readStaleSessions({ db }: Store, rules: number): SessionStamp[] {
  const kept = new Map(
    db.prepare("SELECT session, stamp FROM session_analysis").raw().all() as [string, string][],
  );
  const cleared = readCleared(db);
  const rows = db.prepare(STAMPS).all() as (Omit<SessionStamp, "cleared"> & { parts: string })[];
  return rows
    .map(({ session, parts, firstAt, lastAt }) => {
      const into = cleared.get(session);
      return {
        session,
        stamp: `${rules} ${parts} ${into ? `${into.file}:${into.line}` : ""}`,
        firstAt,
        lastAt,
        ...(into && { cleared: into }),
      };
    })
    .filter(({ session, stamp }) => kept.get(session) !== stamp);
}

/** Which copies count can change with files of other sessions, so those are in the stamp as well. */
const STAMPS = `
  SELECT session, coalesce(min(first_at), 0) AS firstAt, coalesce(max(last_at), 0) AS lastAt,
    count(*) || ' ' || sum("offset") || ' ' || sum(line) || ' ' || coalesce(sum(own.counted), 0) AS parts
  FROM transcript LEFT JOIN (
    SELECT transcript AS id, sum(counted) AS counted FROM request WHERE key IN (SELECT key FROM copied) GROUP BY 1
  ) own USING (id) GROUP BY session
`;

const BEGINS_WITH_CLEAR =
  /^\[(?:\{"kind":"mode"[^}]*\},)*\{"kind":"command","line":(\d+),"at":(\d+),"name":"\/clear"(?!,"copied")/;

/** By session, the transcript that its user began with /clear: the next one in the same project. */
function readCleared(db: Store["db"]): Map<string, ClearedInto> {
  const rows = db
    .prepare(`
      SELECT session, slug, path, first_at AS firstAt, last_at AS lastAt, (
        SELECT substr(events, 1, 600) FROM event_batch WHERE transcript = transcript.id ORDER BY batch LIMIT 1) AS head
      FROM transcript WHERE agent_id = '' AND first_at IS NOT NULL ORDER BY slug, last_at`)
    .all() as {
    session: string;
    slug: string;
    path: string;
    firstAt: number;
    lastAt: number;
    head: string | null;
  }[];
  const found = new Map<string, ClearedInto>();
  for (const row of rows) {
    const [, line, at] = BEGINS_WITH_CLEAR.exec(row.head ?? "") ?? [];
    // A fork's copy of the command is older than the fork's own first entry.
    if (line === undefined || Number(at) < row.firstAt - 1000) continue;
    const before = rows.findLast(
      ({ slug, lastAt, session }) => slug === row.slug && lastAt <= row.firstAt && session !== row.session,
    );
    if (before) found.set(before.session, { file: row.path, line: Number(line) });
  }
  return found;
}

export function writeSessionAnalysis(
  { db }: Store,
  { session, stamp, firstAt, lastAt }: SessionStamp,
  analysis: object,
): void {
  db.prepare("INSERT OR REPLACE INTO session_analysis VALUES (?, ?, ?, ?, ?)").run(
    session,
    stamp,
    firstAt,
    lastAt,
    JSON.stringify(analysis),
  );
}

/** The judgements of the sessions that were active between two times (ms since the epoch), as JSON. */
export function readSessionAnalyses({ db }: Store, since: number, until: number): string[] {
  return db
    .prepare(
      "SELECT body FROM session_analysis WHERE last_at >= ? AND first_at < ? ORDER BY first_at, session",
    )
    .pluck()
    .all(since, until) as string[];
}

/** The judgement of one session; undefined where there is none. */
export function readSessionAnalysis({ db }: Store, session: string): string | undefined {
  return db.prepare("SELECT body FROM session_analysis WHERE session = ?").pluck().get(session) as
    | string
    | undefined;
}

/** Ids of the sessions that begin with `prefix`. */
export function findSessions({ db }: Store, prefix: string): string[] {
  return db
    .prepare(
      "SELECT session FROM session_analysis WHERE substr(session, 1, length(@prefix)) = @prefix ORDER BY session",
    )
    .pluck()
    .all({ prefix }) as string[];
}
