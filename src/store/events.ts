import type { Event } from "../domain/event.ts";
import type { ForgottenUntil } from "./forget.ts";
import type { Tables } from "./open.ts";

/** The evidence of outcomes, as the observer took it from transcripts: numbers, labels and hashes of words. */
export const EVENTS_SCHEMA = `
CREATE TABLE event_batch (
  transcript INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  -- A JSON array (src/domain/event.ts).
  events TEXT NOT NULL,
  PRIMARY KEY (transcript, batch)
) STRICT, WITHOUT ROWID;
`;

/** Makes a function that adds events, as a JSON array, to those of a transcript. */
export function createEventWriter({
  db,
}: Tables): (transcript: number, session: string, events: string, forgottenUntil: ForgottenUntil) => void {
  // Numbered by a statement of its own: a row made by a SELECT is copied several times over.
  const next = db
    .prepare<[number], number>("SELECT coalesce(max(batch), 0) + 1 FROM event_batch WHERE transcript = ?")
    .pluck();
  const insert = db.prepare("INSERT INTO event_batch VALUES (?, ?, ?)");
  return (transcript, session, events, forgottenUntil) => {
    const kept = dropForgotten(events, forgottenUntil(session));
    if (kept !== "[]") insert.run(transcript, next.get(transcript), kept);
  };
}

/** Makes a function that returns the events of a transcript in order of lines. */
export function createEventReader({ db }: Tables): (transcript: number) => Event[] {
  const read = db
    .prepare<[number], string>("SELECT events FROM event_batch WHERE transcript = ? ORDER BY batch")
    .pluck();
  return (transcript) => read.all(transcript).flatMap((batch) => JSON.parse(batch) as Event[]);
}

const OUTDATED = `kind = 'events' AND size >= 0 AND coalesce(state ->> 'version', 1) <> ?
  AND transcript IN (SELECT id FROM transcript WHERE gone = 0)`;

/** Returns whether events of a transcript on disk were taken by another version of the observer. */
export function hasOutdatedEvents({ db }: Tables, version: number): boolean {
  return db.prepare(`SELECT 1 FROM reading WHERE ${OUTDATED} LIMIT 1`).get(version) !== undefined;
}

/** Makes such events be read again; those of transcripts that are gone stay. Must run inside a transaction. */
export function dropOutdatedEvents({ db }: Tables, version: number): void {
  db.prepare(
    `DELETE FROM event_batch WHERE transcript IN (SELECT transcript FROM reading WHERE ${OUTDATED})`,
  ).run(version);
  db.prepare(`DELETE FROM reading WHERE ${OUTDATED}`).run(version);
}

function dropForgotten(events: string, until: number): string {
  if (until === 0 || events === "[]") return events;
  return JSON.stringify((JSON.parse(events) as { at: number }[]).filter(({ at }) => at >= until));
}
