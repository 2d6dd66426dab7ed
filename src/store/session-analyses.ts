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
  -- The transcript and line of the /clear that it began with.
  cleared_file TEXT,
  cleared_line INTEGER,
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
    count(*) || ' ' || sum("offset") || ' ' || sum(line) || ' ' || sum(mtime_ms) || ' ' || coalesce(sum(elsewhere), 0)
      || ' ' || coalesce(sum(most), 0) AS parts
  FROM transcript LEFT JOIN (
    SELECT transcript AS id, sum(usage_transcript IS NULL) AS elsewhere, sum(usage_transcript + usage_row) AS most
    FROM copied GROUP BY 1
  ) USING (id) GROUP BY session
`;

/** By session, the transcript that its user began with /clear: the next one in the same project. */
function readCleared(db: Store["db"]): Map<string, ClearedInto> {
  const sessions = db.prepare(SESSIONS).all() as SessionTimes[];
  const found = new Map<string, ClearedInto>();
  for (const [index, begun] of sessions.entries()) {
    if (begun.file === null || begun.line === null) continue;
    const before = lastBefore(sessions, index);
    if (before) found.set(before.session, { file: begun.file, line: begun.line });
  }
  return found;
}

/** The session of the same project that ended last before the one at `index` began; projects stand together, in order of their ends. */
function lastBefore(sessions: readonly SessionTimes[], index: number): SessionTimes | undefined {
  const { slug, firstAt } = sessions[index] as SessionTimes;
  for (let place = index - 1; sessions[place]?.slug === slug; place--)
    if ((sessions[place] as SessionTimes).lastAt <= firstAt) return sessions[place];
  return undefined;
}

interface SessionTimes {
  session: string;
  slug: string;
  firstAt: number;
  lastAt: number;
  file: string | null;
  line: number | null;
}

const SESSIONS = `
  SELECT transcript.session, slug, transcript.first_at AS firstAt, transcript.last_at AS lastAt, cleared_file AS file,
    cleared_line AS line
  FROM transcript LEFT JOIN session_analysis USING (session)
  WHERE agent_id = '' AND transcript.first_at IS NOT NULL ORDER BY slug, transcript.last_at
`;

/** Keeps judgements; `cleared` is the /clear that the session itself began with. */
export function createAnalysisWriter({
  db,
}: Store): (stamp: SessionStamp, cleared: ClearedInto | undefined, body: string) => void {
  const write = db.prepare("INSERT OR REPLACE INTO session_analysis VALUES (?, ?, ?, ?, ?, ?, ?)");
  return ({ session, stamp, firstAt, lastAt }, cleared, body) =>
    void write.run(session, stamp, firstAt, lastAt, cleared?.file ?? null, cleared?.line ?? null, body);
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
