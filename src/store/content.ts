import type { TranscriptContent } from "../domain/ledger-input.ts";
import { QUARTER_MS } from "../domain/ledger.ts";
import { unpackContent } from "../domain/pack-content.ts";
import type { Tables } from "./open.ts";

/** The content of prompts: sizes, names of tools and hashes of paths, no text. */
export const CONTENT_SCHEMA = `
CREATE TABLE content (
  transcript INTEGER PRIMARY KEY,
  -- Of the file when it was read, and the version of the reader.
  size INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  inode INTEGER NOT NULL,
  reader INTEGER NOT NULL,
  -- JSON (src/domain/pack-content.ts): the content blocks of each thread, and why requests missed the cache.
  blocks TEXT NOT NULL,
  -- 1 when the rows of ledger, ledger_turn and ledger_loss agree with it and with the requests.
  summed INTEGER NOT NULL DEFAULT 0
) STRICT;
`;

/** A transcript as it was when its requests were read. */
export interface ReadTranscript {
  id: number;
  path: string;
  size: number;
  mtimeMs: number;
  inode: number;
}

/**
 * Returns the transcripts on disk with requests since a time (ms since the epoch) whose content was not read since they changed, or by
 * another version of the reader.
 */
export function readWithoutContent({ db }: Tables, reader: number, since: number): ReadTranscript[] {
  return db
    .prepare<[number, number], ReadTranscript>(
      `SELECT id, path, reading.size, reading.mtime_ms AS mtimeMs, reading.inode
      FROM transcript JOIN reading ON reading.transcript = id AND reading.kind = 'requests'
      LEFT JOIN content ON content.transcript = id
      WHERE gone = 0 AND reading.size >= 0
        AND (content.size, content.mtime_ms, content.inode, content.reader)
          IS NOT (reading.size, reading.mtime_ms, reading.inode, ?)
        AND id IN (SELECT transcript FROM spend JOIN context ON context.id = spend.context WHERE quarter >= ?)
      ORDER BY id`,
    )
    .all(reader, Math.floor(since / QUARTER_MS));
}

/** Makes a function that keeps the content of a transcript, packed. */
export function createContentWriter({
  db,
}: Tables): (transcript: ReadTranscript, reader: number, content: string) => void {
  const write = db.prepare("INSERT OR REPLACE INTO content VALUES (?, ?, ?, ?, ?, ?, 0)");
  return ({ id, size, mtimeMs, inode }, reader, content) => {
    write.run(id, size, mtimeMs, inode, reader, content);
  };
}

/** Makes a function that returns the content of a transcript; undefined if it was never read. */
export function createContentReader({ db }: Tables): (transcript: number) => TranscriptContent | undefined {
  const read = db.prepare<[number], string>("SELECT blocks FROM content WHERE transcript = ?").pluck();
  return (transcript) => {
    const blocks = read.get(transcript);
    return blocks === undefined ? undefined : unpackContent(blocks);
  };
}

/** Marks the ledgers of some transcripts, or of all, as out of date. */
export function outdateLedgers({ db }: Tables, transcripts?: Iterable<number>): void {
  const list = transcripts ? JSON.stringify([...transcripts]) : null;
  db.prepare(
    "UPDATE content SET summed = 0 WHERE ? IS NULL OR transcript IN (SELECT value FROM json_each(?))",
  ).run(list, list);
  db.exec("DELETE FROM ledger_answer");
}
