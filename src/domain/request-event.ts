import type { Seen } from "./event.ts";

/** Something that copies of its entry repeat. */
interface Copied extends Seen {
  /** Hash of the entry's uuid, of the original's in a branch's copy: the same in every copy. */
  entry?: number;
}

/** The client tried a request again (system/api_error). */
export interface RetryEvent extends Copied {
  kind: "retry";
  status?: number;
  error: string;
  attempt: number;
  delayMs: number;
}

/** An error shown in place of an answer. */
export interface FailureEvent extends Copied {
  kind: "failure";
  status?: number;
  error: string;
  /** The stream broke after part of the answer. */
  cut?: true;
}

/** A fallback that the transcript states. */
export interface FallbackEvent extends Copied {
  kind: "fallback";
  cause: "availability" | "refusal" | "consent";
  from: string;
  to: string;
  trigger: string;
}

export interface RefusalEvent extends Copied {
  kind: "refusal";
  model?: string;
  /** The client gave up. */
  final?: true;
}

/** The client cut the work off. */
export interface CutEvent extends Seen {
  kind: "cut";
  by: "output-limit" | "turn-limit";
}

export interface CompactEvent extends Copied {
  kind: "compact";
  trigger: string;
  preTokens?: number;
}
