import type { Attempt, Telemetry } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Store } from "./open.ts";

export const ATTEMPTS_SCHEMA = `
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  run TEXT NOT NULL,
  at INTEGER NOT NULL,
  cost_nano REAL,
  attempt TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_at ON attempts (at);
`;

/** The telemetry of executor and cascade in the store; `list` reads it back. */
export interface AttemptLog extends Telemetry {
  /** Attempts sent in [since, until), in ms since the epoch, in order of time and then of their run. */
  list(since: number, until?: number): Attempt[];
}

/** Opens the attempts of a store. The whole attempt is kept as JSON: its columns are only those that queries ask for. */
export function openAttemptLog({ db }: Store): AttemptLog {
  const insert = db.prepare<[string, string, number, number | null, string]>(
    "INSERT OR IGNORE INTO attempts (id, run, at, cost_nano, attempt) VALUES (?, ?, ?, ?, ?)",
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
      insert.run(attempt.id, attempt.run, attempt.at, attempt.costNano ?? null, JSON.stringify(attempt));
    },
    spentSince: (at) => sum.get(at) ?? 0,
    list: (since, until = Number.MAX_SAFE_INTEGER) =>
      select.all(since, until).map((json) => JSON.parse(json) as Attempt),
  };
}
