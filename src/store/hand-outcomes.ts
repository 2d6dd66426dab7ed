import type { OpenedStore } from "./open.ts";

export const HAND_OUTCOMES_SCHEMA = `
CREATE TABLE hand_outcome (
  task TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('good', 'bad')),
  inferred TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The user's own verdict on a task, which overrides the inferred one. */
export interface HandOutcome {
  /** The task's key: the same in every copy of it. */
  task: string;
  session: string;
  verdict: "good" | "bad";
  /** Verdict of the rules: the pairs are the user's own evaluation set. */
  inferred: string;
  /** ms since the epoch. */
  at: number;
}

export function readHandOutcomes({ db }: OpenedStore): HandOutcome[] {
  return db
    .prepare("SELECT task, session, verdict, inferred, at FROM hand_outcome ORDER BY at")
    .all() as HandOutcome[];
}

export function writeHandOutcome({ db }: OpenedStore, outcome: HandOutcome): void {
  db.prepare(
    "INSERT OR REPLACE INTO hand_outcome (task, session, verdict, inferred, at) VALUES (@task, @session, @verdict, @inferred, @at)",
  ).run(outcome);
}
