import type { Tables } from "./open.ts";

export const TITLES_SCHEMA = `
-- Titles of sessions. They can hold words of prompts, so they are kept only with "titles: true" in the configuration file.
CREATE TABLE session_title (
  session TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  -- Of the transcript when the title was read.
  size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The main transcript of a session, still on disk. */
export interface MainTranscript {
  session: string;
  path: string;
  size: number;
}

/** Returns the main transcripts of some sessions, or of all, that are still on disk: the one that was written to last of each. */
export function listMainTranscripts({ db }: Tables, sessions?: readonly string[]): MainTranscript[] {
  const rows = db
    .prepare<[object], MainTranscript>(
      `SELECT context.session, path, size, max(last_at) FROM context
      JOIN transcript ON transcript.id = context.transcript JOIN reading ON reading.transcript = transcript.id AND kind = 'requests'
      WHERE gone = 0 AND transcript.agent_id = '' AND (context.session = transcript.session OR transcript.session NOT IN
          (SELECT session FROM context))
        AND (@sessions IS NULL OR context.session IN (SELECT value FROM json_each(@sessions)))
      GROUP BY context.session`,
    )
    .all({ sessions: sessions ? JSON.stringify(sessions) : null });
  return rows.map(({ session, path, size }) => ({ session, path, size }));
}

/** A title as it is kept. */
export interface KeptTitle {
  session: string;
  title: string;
  size: number;
}

/** Returns the titles that are kept, by session. */
export function readKeptTitles({ db }: Tables): ReadonlyMap<string, KeptTitle> {
  const rows = db.prepare<[], KeptTitle>("SELECT session, title, size FROM session_title").all();
  return new Map(rows.map((row) => [row.session, row]));
}

/** Returns whether any title is kept. */
export function hasTitles({ db }: Tables): boolean {
  return db.prepare("SELECT 1 FROM session_title LIMIT 1").get() !== undefined;
}

/** Keeps titles. */
export function writeTitles({ db }: Tables, titles: readonly KeptTitle[]): void {
  const write = db.prepare("INSERT OR REPLACE INTO session_title VALUES (?, ?, ?)");
  for (const { session, title, size } of titles) write.run(session, title, size);
}

/** Deletes all titles, so that the file no longer holds them. */
export function deleteTitles({ db }: Tables): void {
  db.exec("DELETE FROM session_title");
}
