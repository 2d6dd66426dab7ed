import type { Attempt, AttemptLog } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { OpenedStore, Tables } from "./open.ts";
import { createMoneyHolder } from "./held-money.ts";
import { writeQueueOf } from "./write-queue.ts";

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
 * Opens the record of attempts of a store. While another process holds the store's lock, attempts wait in this process and
 * are written as soon as it is free; nothing waits for that but the end of the process.
 */
export function openAttemptLog(store: OpenedStore): AttemptLog {
  const { insert, sum, select } = prepareAll(store);
  const queue = writeQueueOf(store);
  /** Recorded, and not written yet. */
  const waiting = new Set<Attempt>();
  const log: AttemptLog = {
    record(attempt) {
      const kept = keptPart(attempt);
      waiting.add(kept);
      try {
        queue.write(() => {
          insert.run(kept.at, kept.id, kept.costNano ?? null, JSON.stringify(kept));
          waiting.delete(kept);
        });
      } catch (thrown) {
        waiting.delete(kept);
        throw thrown;
      }
    },
    spentSince(at) {
      const unwritten = [...waiting].filter((attempt) => attempt.at >= at);
      return (sum.get(at) ?? 0) + unwritten.reduce((total, { costNano = 0 }) => total + costNano, 0);
    },
    attempts({ limit = Number.MAX_SAFE_INTEGER, model, ...query } = {}) {
      const [since, until] = [Number(query.since ?? 0), Number(query.until ?? Number.MAX_SAFE_INTEGER)];
      const written = select.all({ since, until, model: model ?? null, limit });
      const unwritten = [...waiting].filter(
        ({ at, tier, model: asked, servedModel }) =>
          at >= since && at < until && (model === undefined || [tier, asked, servedModel].includes(model)),
      );
      const all = written.map((json) => JSON.parse(json) as Attempt);
      if (unwritten.length === 0) return all;
      return [...all, ...unwritten].toSorted((a, b) => a.at - b.at || a.index - b.index).slice(-limit);
    },
    hold: createMoneyHolder(store, (at) => log.spentSince(at)),
    list: (since, until) => log.attempts({ since, ...(until !== undefined && { until }) }),
  };
  return log;
}

function prepareAll({ db }: OpenedStore) {
  return {
    // Kept in order of time, so that one more is written at the end: 25 µs each, against 52 in order of their ids.
    insert: db.prepare<[number, string, number | null, string]>(
      "INSERT OR IGNORE INTO attempts (at, id, cost_nano, attempt) VALUES (?, ?, ?, ?)",
    ),
    sum: db
      .prepare<[number], NanoUsd>("SELECT coalesce(sum(cost_nano), 0) FROM attempts WHERE at >= ?")
      .pluck(),
    select: db
      .prepare<[{ since: number; until: number; model: string | null; limit: number }], string>(
        `SELECT attempt FROM (
           SELECT at, attempt, attempt ->> 'index' AS place FROM attempts
           WHERE at >= :since AND at < :until
             AND (:model IS NULL OR :model IN (attempt ->> 'tier', attempt ->> 'model', attempt ->> 'servedModel'))
           ORDER BY at DESC, place DESC LIMIT :limit
         ) ORDER BY at, place`,
      )
      .pluck(),
  };
}

/** Returns whether any attempt was ever recorded. */
export function hasAttempts({ db }: Tables): boolean {
  return db.prepare("SELECT 1 FROM attempts LIMIT 1").get() !== undefined;
}

/** Returns a text that differs whenever an attempt was recorded since. */
export function stampAttempts({ db }: Tables): string {
  const { count, last } = db
    .prepare<[], { count: number; last: number | null }>(
      "SELECT count(*) AS count, max(at) AS last FROM attempts",
    )
    .get() ?? { count: 0, last: null };
  return `${count} ${last}`;
}

/** Ids of an API are letters, digits and a few marks. */
const ID = /^[\w.:@/+[\]-]{1,200}$/;

/** Returns what the store keeps: codes, counts and ids. Reasons hold text of answers, checks and APIs. */
function keptPart(attempt: Attempt): Attempt {
  const { reason: _text, servedModel, requestId, messageId, ...kept } = attempt;
  const ids = { servedModel, requestId, messageId };
  return { ...kept, ...Object.fromEntries(Object.entries(ids).filter(([, id]) => id && ID.test(id))) };
}
