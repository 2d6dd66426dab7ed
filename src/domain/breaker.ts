/** What is remembered of one model of one provider. */
export interface BreakerRecord {
  /** Failures in a row while closed. */
  failures: number;
  /** When it opened, in ms since the epoch; undefined while closed. */
  openedAt?: number;
  /** Until when the one probe of the half-open state may take; a probe that never reports back frees its place then. */
  probeUntil?: number;
}

/** `anthropic/claude-sonnet-5-5` */
export type BreakerKey = string;

type BreakerEventKind = "opened" | "probing" | "reopened" | "closed" | "reset";

export interface BreakerEvent {
  key: BreakerKey;
  kind: BreakerEventKind;
  /** ms since the epoch. */
  at: number;
}

/** A breaker's next record, what happened on the way, and what to tell the caller. */
export interface BreakerChange<T> {
  /** Left out where nothing changed. */
  record?: BreakerRecord;
  event?: BreakerEventKind;
  answer: T;
}

/** Where breakers live, shared by every executor that opens the same place. */
export interface BreakerStore {
  /** Undefined: never failed. */
  read(key: BreakerKey): BreakerRecord | undefined;
  /** Reads, decides and writes in one step that no other process can come between. */
  change<T>(key: BreakerKey, at: number, decide: (record: BreakerRecord) => BreakerChange<T>): T;
  list(): { key: BreakerKey; record: BreakerRecord }[];
  /** Newest first. */
  events(since: number): BreakerEvent[];
}
