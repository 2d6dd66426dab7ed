/** The memory of one breaker. */
export interface BreakerRecord {
  /** Failures in a row while closed. */
  failures: number;
  /** Time at which it opened, in ms since the epoch; undefined while closed. */
  openedAt?: number;
  /** End of the time that the one probe has, in ms since the epoch. A probe that never reports back frees its place then. */
  probeUntil?: number;
}

/** Provider and model: `anthropic/claude-sonnet-5-5`. */
export type BreakerKey = string;

/** A kind of change of a breaker. */
export type BreakerEventKind = "opened" | "probing" | "reopened" | "closed" | "reset";

/** One change of a breaker. */
export interface BreakerEvent {
  /** Provider and model. */
  key: BreakerKey;
  /** The kind of change. */
  kind: BreakerEventKind;
  /** ms since the epoch. */
  at: number;
}

/** A breaker's next record, what happened, and the answer for the caller. */
export interface BreakerChange<T> {
  /** Left out if nothing changed. */
  record?: BreakerRecord;
  /** The kind of change, if there is one to note. */
  event?: BreakerEventKind;
  /** The answer for the caller. */
  answer: T;
}

/** A place for breakers, shared by every executor that opens it. */
export interface BreakerStore {
  /** Returns what is remembered; undefined: it never failed. */
  read(key: BreakerKey): BreakerRecord | undefined;
  /**
   * Reads, decides and writes in one step that no other process can interrupt, and returns the answer. Undefined: another
   * process has locked the place, and nothing was changed. It does not wait for long: the caller has an event loop to run.
   */
  change<T extends object>(
    key: BreakerKey,
    at: number,
    decide: (record: BreakerRecord) => BreakerChange<T>,
  ): T | undefined;
  /** Does the same for changes whose answer nobody needs: now, or as soon as the place is free. */
  changeSoon(
    key: BreakerKey,
    at: number,
    decide: (record: BreakerRecord) => Omit<BreakerChange<unknown>, "answer">,
  ): void;
  /** Returns every breaker that ever had a failure. */
  list(): { key: BreakerKey; record: BreakerRecord }[];
  /** Returns what happened since `since` (ms since the epoch), newest first. */
  events(since: number): BreakerEvent[];
}
