import type { Attempt, Telemetry } from "./attempt.ts";

/** Which attempts to return. */
export interface AttemptQuery {
  /** The newest so many. */
  limit?: number;
  /** Sent at this moment or later; a number is in ms since the epoch. */
  since?: Date | number;
  /** Sent before this moment; a number is in ms since the epoch. */
  until?: Date | number;
  /** A tier, the model that was asked, or the one that served. */
  model?: string;
}

/** The record of the attempts of executor, cascade and batches in a store. */
export interface AttemptLog extends Telemetry {
  /** Returns attempts in order of time, oldest first. */
  attempts(query?: AttemptQuery): Attempt[];
  /** Returns the attempts sent in [since, until), in ms since the epoch, oldest first. */
  list(since: number, until?: number): Attempt[];
}
