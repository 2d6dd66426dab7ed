import type { BreakerChange, BreakerEvent, BreakerRecord, BreakerStore } from "../domain/breaker.ts";
import type { OpenedStore } from "./open.ts";
import { writeQueueOf } from "./write-queue.ts";

export const BREAKERS_SCHEMA = `
CREATE TABLE breakers (
  key TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  opened_at INTEGER,
  probe_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE breaker_events (
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX breaker_events_at ON breaker_events (at);
`;

interface BreakerRow {
  key: string;
  failures: number;
  openedAt: number | null;
  probeUntil: number | null;
}

const COLUMNS = "key, failures, opened_at AS openedAt, probe_until AS probeUntil";
const CLOSED: BreakerRecord = { failures: 0 };

/** Opens the breakers of a store: every process that has it open sees the same ones. */
export function openBreakers(store: OpenedStore): BreakerStore {
  const { get, all, put, note, events } = prepareAll(store);
  const queue = writeQueueOf(store);
  const read = (key: string) => recordOf(get.get(key));
  /** Reads, decides and writes while nobody else can. */
  const change = store.db.transaction(
    <C extends Omit<BreakerChange<unknown>, "answer">>(
      key: string,
      at: number,
      decide: (record: BreakerRecord) => C,
    ): C => {
      const decided = decide(read(key) ?? CLOSED);
      const { record, event } = decided;
      if (record) put.run(key, record.failures, record.openedAt ?? null, record.probeUntil ?? null);
      if (event) note.run(key, event, at);
      return decided;
    },
  );
  return {
    read,
    change: <T extends object>(
      key: string,
      at: number,
      decide: (record: BreakerRecord) => BreakerChange<T>,
    ) => queue.tryNow(() => change.immediate(key, at, decide) as BreakerChange<T>)?.answer,
    changeSoon: (key, at, decide) => queue.write(() => void change.immediate(key, at, decide)),
    list: () => all.all().map((row) => ({ key: row.key, record: recordOf(row) ?? CLOSED })),
    events: (since) => events.all(since),
  };
}

function prepareAll({ db }: OpenedStore) {
  return {
    get: db.prepare<[string], BreakerRow>(`SELECT ${COLUMNS} FROM breakers WHERE key = ?`),
    all: db.prepare<[], BreakerRow>(`SELECT ${COLUMNS} FROM breakers ORDER BY key`),
    put: db.prepare<[string, number, number | null, number | null]>(
      "INSERT OR REPLACE INTO breakers (key, failures, opened_at, probe_until) VALUES (?, ?, ?, ?)",
    ),
    note: db.prepare<[string, string, number]>("INSERT INTO breaker_events (key, kind, at) VALUES (?, ?, ?)"),
    events: db.prepare<[number], BreakerEvent>(
      "SELECT key, kind, at FROM breaker_events WHERE at >= ? ORDER BY at DESC, rowid DESC",
    ),
  };
}

function recordOf(row: BreakerRow | undefined): BreakerRecord | undefined {
  if (!row) return undefined;
  const { failures, openedAt, probeUntil } = row;
  return {
    failures,
    ...(openedAt !== null && { openedAt }),
    ...(probeUntil !== null && { probeUntil }),
  };
}
