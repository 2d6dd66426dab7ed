import type { Attempt, AttemptLog } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Store } from "./open.ts";

export const ATTEMPTS_SCHEMA = `
CREATE TABLE attempts (
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  cost_nano REAL,
  attempt TEXT NOT NULL,
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;
`;

/**
 * Opens the attempts of a store. The whole attempt is kept as JSON: its columns are only those that queries ask for. They are
 * kept in order of time, so that one more is written at the end: 25 µs each, against 52 in order of their ids.
 */
export function openAttemptLog({ db }: Store): AttemptLog {
  const insert = db.prepare<[number, string, number | null, string]>(
    "INSERT OR IGNORE INTO attempts (at, id, cost_nano, attempt) VALUES (?, ?, ?, ?)",
  );
  const sum = db
    .prepare<[number], NanoUsd>("SELECT coalesce(sum(cost_nano), 0) FROM attempts WHERE at >= ?")
    .pluck();
  const select = db
    .prepare<[number, number], string>(
      "SELECT attempt FROM attempts WHERE at >= ? AND at < ? ORDER BY at, attempt ->> 'index'",
    )
    .pluck();
  return {
    record(attempt) {
      insert.run(attempt.at, attempt.id, attempt.costNano ?? null, JSON.stringify(attempt));
    },
    spentSince: (at) => sum.get(at) ?? 0,
    list: (since, until = Number.MAX_SAFE_INTEGER) =>
      select.all(since, until).map((json) => JSON.parse(json) as Attempt),
  };
}
