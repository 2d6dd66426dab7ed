import { WATCHED, WATCHED_WIDTH, type WatchedLines } from "../domain/watched-lines.ts";
import { dropForgotten, readForgotten } from "./forget.ts";
import type { Store } from "./open.ts";

/** The lines noted in one transcript, waiting to be looked at. */
export interface WaitingLines {
  transcript: number;
  path: string;
  offset: number;
  fingerprint: string;
  /** Reading by reading. */
  watched: WatchedLines[];
  /** How much there is to read. */
  bytes: number;
}

/** Whether any lines wait in transcripts that are still there. */
export function hasWaitingLines({ db }: Store): boolean {
  return db.prepare(`SELECT 1 ${WAITING} LIMIT 1`).get() !== undefined;
}

export function readWaitingLines({ db }: Store): WaitingLines[] {
  const transcripts = new Map<number, WaitingLines>();
  const rows = db
    .prepare(
      `SELECT transcript.id, path, "offset", fingerprint, watched.rows, watched.tools ${WAITING} ORDER BY 1, batch`,
    )
    .all() as (Omit<WaitingLines, "transcript" | "watched" | "bytes"> & {
    id: number;
    rows: Buffer;
    tools: string;
  })[];
  for (const { id, rows: blob, tools, ...place } of rows) {
    const waiting = transcripts.get(id) ?? { transcript: id, ...place, watched: [], bytes: 0 };
    const numbers = new Float64Array(new Uint8Array(blob).buffer);
    waiting.watched.push({ rows: numbers, tools: JSON.parse(tools) as string[] });
    waiting.bytes += bytesOf(numbers);
    transcripts.set(id, waiting);
  }
  return [...transcripts.values()];
}

const WAITING = `FROM watched JOIN transcript ON transcript.id = watched.transcript WHERE transcript.gone = 0`;

function bytesOf(rows: Float64Array): number {
  let bytes = 0;
  for (let start = 0; start < rows.length; start += WATCHED_WIDTH)
    if (rows[start] !== WATCHED.light) bytes += rows[start + 3] as number;
  return bytes;
}

/** Keeps what the lines came to, in their place. */
export function createWatchedWriter(
  store: Store,
): (transcript: number, found: { events: string; observer: string }) => void {
  const { db } = store;
  const forgottenUntil = readForgotten(store);
  const session = db.prepare<[number], string>("SELECT session FROM transcript WHERE id = ?").pluck();
  const events = db.prepare("INSERT INTO event_batch VALUES (?, 1, ?)");
  const state = db.prepare("UPDATE transcript SET observer = ? WHERE id = ?");
  const done = db.prepare("DELETE FROM watched WHERE transcript = ?");
  return (transcript, found) => {
    const kept = dropForgotten(found.events, forgottenUntil(session.get(transcript) ?? ""));
    if (kept !== "[]") events.run(transcript, kept);
    state.run(found.observer, transcript);
    done.run(transcript);
  };
}
