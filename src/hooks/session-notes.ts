import { appendLine, readLines } from "./log.ts";
import { type HookPlaces, sessionFile } from "./places.ts";

/** The events of a session that decide about its next agent call. It holds no text. */
export interface SessionNote {
  /** The task: the id of the prompt that started it. */
  task: string;
  /** A verification failed or passed, or an agent that can change files was called. */
  kind: "fail" | "pass" | "call";
  /** The agent in which it happened, or that was called; empty for the main thread. */
  agent: string;
}

const MOST_BYTES = 256 * 1024;

/** Appends a note about a session; clients that run at once each add their lines. */
export function appendNote(places: HookPlaces, session: string, note: SessionNote): void {
  appendLine(sessionFile(places, session), `${JSON.stringify(note)}\n`, MOST_BYTES);
}

/** Reads the notes about one task of a session, the oldest first. */
export function readNotes(places: HookPlaces, session: string, task: string): SessionNote[] {
  return readLines(sessionFile(places, session)).filter(
    (note): note is SessionNote => (note as SessionNote | null)?.task === task,
  );
}

/** Failures of verifications in a row, and whose work they are about. */
export interface Failures {
  count: number;
  /** The agent whose work failed: that in which it failed, otherwise the last one called that can change files. Empty for the main thread. */
  agent: string;
}

/** Counts the failures of a task since its last passed verification. */
export function countFailures(notes: readonly SessionNote[]): Failures {
  const since = notes.slice(notes.findLastIndex(({ kind }) => kind === "pass") + 1);
  const fails = since.filter(({ kind }) => kind === "fail");
  const last = fails.at(-1);
  const called = notes.findLast(({ kind }) => kind === "call");
  return { count: fails.length, agent: last?.agent || called?.agent || "" };
}
