import type { ReadBefore, Reading } from "../domain/file-scan.ts";
import { createRowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";

/** Finds the transcripts of a session, and the main one among those of hundreds of agents. */
export const SESSION_INDEX = "CREATE INDEX transcript_session ON transcript (session, agent_id);";

/** The files that were read and how far, and everything about them that is neither a request nor an event. */
export const TRANSCRIPTS_SCHEMA = `
CREATE TABLE transcript (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  -- The configuration folder that it was found in.
  account TEXT NOT NULL,
  -- Its folder under projects/: a lossy spelling of the working directory.
  slug TEXT NOT NULL,
  -- The session and the agent that its place names; an old agent file names no session.
  session TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  -- The working directory it was started in: the one whose spelling is the slug, else the first that an entry names.
  cwd TEXT NOT NULL DEFAULT '',
  -- The same; of an agent that of its session; without any, the slug.
  project TEXT NOT NULL DEFAULT '',
  -- Time of its first and last entry, in ms since the epoch.
  first_at INTEGER,
  last_at INTEGER,
  -- 1 when the file is no longer on disk; its rows stay.
  gone INTEGER NOT NULL DEFAULT 0
) STRICT;
${SESSION_INDEX}

-- How far each kind of row was read from a transcript, and what proves that those bytes are unchanged.
CREATE TABLE reading (
  transcript INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('requests', 'events')),
  -- Of the file when it was read.
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  inode INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  line INTEGER NOT NULL,
  unterminated INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  -- What the next reading of events goes on from, as JSON.
  state TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (transcript, kind)
) STRICT, WITHOUT ROWID;

-- Lines by how they were parsed: understood, skipped, a diagnostic, or "type:" and an entry type that is not known.
CREATE TABLE line_count (
  transcript INTEGER NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (transcript, code)
) STRICT, WITHOUT ROWID;

-- Claude Code's own count in nano-dollars: cumulative over resumes and forks, the last of a session counts.
CREATE TABLE client_cost (
  transcript INTEGER NOT NULL,
  session TEXT NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (transcript, session)
) STRICT, WITHOUT ROWID;
`;

/** The kinds of rows that are read from a transcript, each from where it was left. */
export type ReadingKind = "requests" | "events";

/** The store's facts about a file that was read before. */
export interface KnownTranscript {
  id: number;
  path: string;
  gone: boolean;
  size: number;
  mtimeMs: number;
  inode: number;
}

/** Returns every transcript that was ever read for rows of a kind, by path. */
export function readKnownTranscripts({ db }: Tables, kind: ReadingKind): Map<string, KnownTranscript> {
  const rows = db
    .prepare<[ReadingKind], [number, string, number, number, number, number]>(
      "SELECT id, path, gone, size, mtime_ms, inode FROM transcript JOIN reading ON transcript = id AND kind = ?",
    )
    .raw()
    .all(kind);
  return new Map(
    rows.map(([id, path, gone, size, mtimeMs, inode]) => [
      path,
      { id, path, gone: gone === 1, size, mtimeMs, inode },
    ]),
  );
}

/** Returns the paths of all transcripts of the sessions that were still active at `since` (ms since the epoch). */
export function readActivePaths({ db }: Tables, since: number): Set<string> {
  const paths = db
    .prepare<[number], string>(
      `SELECT path FROM transcript
      WHERE session IN (SELECT session FROM transcript GROUP BY session HAVING max(last_at) >= ?)`,
    )
    .pluck()
    .all(since);
  return new Set(paths);
}

/** A transcript of a thread: `agentId` is empty for the main thread. */
export interface ThreadFile {
  session: string;
  agentId: string;
  path: string;
}

/** Returns the transcripts of some sessions that are still on disk; of a thread with several, the latest comes last. */
export function readThreadFiles({ db }: Tables, sessions: readonly string[]): ThreadFile[] {
  return db
    .prepare<[string], ThreadFile>(
      `SELECT session, agent_id AS agentId, path FROM transcript
      WHERE gone = 0 AND session IN (SELECT value FROM json_each(?)) ORDER BY last_at`,
    )
    .all(JSON.stringify(sessions));
}

/** Returns whether a file is new or no longer as it was when it was read. */
export function hasChanged(
  file: Pick<KnownTranscript, "size" | "mtimeMs" | "inode">,
  known: KnownTranscript | undefined,
): boolean {
  return (
    !known ||
    known.gone ||
    known.size !== file.size ||
    known.mtimeMs !== file.mtimeMs ||
    known.inode !== file.inode
  );
}

/** The place to continue a reading; `observer` is the state of the events' side, empty for requests. */
export type Resumption = ReadBefore & { observer: string };

/** Makes a function that returns where the reading of a kind goes on in a transcript; undefined when it starts from the beginning. */
export function createResumptionReader({
  db,
}: Tables): (transcript: number, kind: ReadingKind) => Resumption | undefined {
  const read = db.prepare<
    [number, ReadingKind],
    Omit<Resumption, "unterminated" | "firstAt"> & { unterminated: number; firstAt: number | null }
  >(
    `SELECT "offset", line, unterminated, fingerprint, state AS observer, first_at AS firstAt
    FROM reading JOIN transcript ON id = transcript WHERE transcript = ? AND kind = ?`,
  );
  return (transcript, kind) => {
    const row = read.get(transcript, kind);
    return row && { ...row, unterminated: row.unterminated === 1, firstAt: row.firstAt ?? Number.NaN };
  };
}

/** Notes that a transcript is no longer on disk; its rows stay. */
export function markGone({ db }: Tables, path: string): void {
  db.prepare("UPDATE transcript SET gone = 1 WHERE path = ?").run(path);
}

/** Makes every transcript be read again from its start when it is still on disk. */
export function invalidateReadings({ db }: Tables): void {
  db.exec("UPDATE reading SET size = -1, fingerprint = ''");
}

/** Returns whether no transcript was read so far. */
export function isEmpty({ db }: Tables): boolean {
  return db.prepare("SELECT 1 FROM transcript LIMIT 1").get() === undefined;
}

/** Returns the configuration folders that transcripts were found in. */
export function listAccounts({ db }: Tables): string[] {
  return db.prepare<[], string>("SELECT DISTINCT account FROM transcript ORDER BY 1").pluck().all();
}

/** A file as it was located. */
export interface LocatedFile {
  path: string;
  account: string;
  slug: string;
  session: string;
  agentId: string;
  size: number;
  mtimeMs: number;
  inode: number;
}

/** Makes a writer of how far the rows of a kind were read. */
export function createReadingWriter({ db }: Tables) {
  const rows = createRowInserter(
    db,
    "reading",
    'transcript, kind, size, mtime_ms, inode, "offset", line, unterminated, fingerprint, state',
    `ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ms = excluded.mtime_ms, inode = excluded.inode,
      "offset" = excluded."offset", line = excluded.line, unterminated = excluded.unterminated,
      fingerprint = excluded.fingerprint, state = excluded.state`,
  );
  return {
    write(
      id: number,
      kind: ReadingKind,
      { size, mtimeMs, inode }: LocatedFile,
      { readTo, fingerprint }: Reading,
      state = "",
    ): void {
      const { offset, line, unterminated } = readTo;
      rows.add(id, kind, size, mtimeMs, inode, offset, line, unterminated ? 1 : 0, fingerprint, state);
    },
    flush: rows.flush,
  };
}

/**
 * Gives every transcript of some sessions its project: the folder that the session was started in. An agent works for the project of
 * its session, wherever it works; without any folder the slug stands for it. `sessions` absent: all.
 */
export function resolveProjects({ db }: Tables, sessions?: Iterable<string>): void {
  db.prepare(PROJECTS).run({ sessions: sessions ? JSON.stringify([...sessions]) : null });
}

const PROJECTS = `
  WITH wanted AS (
    SELECT id, coalesce(
      (SELECT nullif(main.cwd, '') FROM transcript AS main
        WHERE own.agent_id <> '' AND own.session <> '' AND main.session = own.session AND main.agent_id = ''
        ORDER BY main.account = own.account DESC, main.id LIMIT 1),
      nullif(own.cwd, ''),
      (SELECT other.cwd FROM transcript AS other WHERE other.slug = own.slug AND other.cwd <> '' ORDER BY other.id LIMIT 1),
      own.slug) AS project
    FROM transcript AS own
    WHERE @sessions IS NULL OR own.session IN (SELECT value FROM json_each(@sessions))
  )
  UPDATE transcript SET project = wanted.project FROM wanted
  WHERE transcript.id = wanted.id AND transcript.project <> wanted.project`;
