import type { Tables } from "./open.ts";

export const LEDGER_ANSWERS_SCHEMA = `
-- Answers that take long to compute, as JSON by what was asked; emptied when a request, a price or a rule changes.
CREATE TABLE ledger_answer (question TEXT PRIMARY KEY, answer TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Returns what was asked before; undefined if it was not, or if something changed since. */
export function readLedgerAnswer({ db }: Tables, question: string): string | undefined {
  return db
    .prepare<[string], string>("SELECT answer FROM ledger_answer WHERE question = ?")
    .pluck()
    .get(question);
}

const MOST_ANSWERS = 50;

/** Keeps an answer until something changes. */
export function writeLedgerAnswer({ db }: Tables, question: string, answer: string): void {
  const kept = db.prepare<[], number>("SELECT count(*) FROM ledger_answer").pluck().get() ?? 0;
  if (kept >= MOST_ANSWERS) db.exec("DELETE FROM ledger_answer");
  db.prepare("INSERT OR REPLACE INTO ledger_answer VALUES (?, ?)").run(question, answer);
}
