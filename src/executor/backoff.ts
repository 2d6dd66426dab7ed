/** Rules for retries and their limits. */
export interface RetryRules {
  /** Attempts after the first on one model, after errors that may pass (default 3). */
  retries: number;
  /** Longest wait before the first retry in ms (default 1000); it doubles with each. */
  baseDelayMs: number;
  /** Longest wait before any retry in ms (default 30,000). */
  maxDelayMs: number;
  /** Longest wait that a server may ask for, in ms (default 60,000). If it asks for more, the next model is tried. */
  maxRetryAfterMs: number;
  /** Limit of one attempt in ms, from sending to the last byte (default: by the token limit of its answer). */
  attemptTimeoutMs?: number;
  /** Limit of a run in ms, with all attempts and waits (default: an hour). */
  totalTimeoutMs: number;
  /** Retries that an executor may make: `reserve` at first and at most, and `ratio` more with each run. */
  budget: { ratio: number; reserve: number };
}

export const DEFAULT_RETRY: RetryRules = {
  retries: 3,
  baseDelayMs: 1000,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
  totalTimeoutMs: 3_600_000,
  budget: { ratio: 0.5, reserve: 20 },
};

/**
 * Returns the wait before retry number `retry` (from 0): what the server asked for, otherwise full jitter, which spreads
 * callers best (Brooker, "Exponential Backoff and Jitter", 2015). Undefined: the server asks for more than the limit.
 */
export function backoffMs(
  retry: number,
  retryAfterMs: number | undefined,
  rules: RetryRules,
  random: () => number,
): number | undefined {
  if (retryAfterMs !== undefined) return retryAfterMs <= rules.maxRetryAfterMs ? retryAfterMs : undefined;
  return Math.floor(random() * Math.min(rules.maxDelayMs, rules.baseDelayMs * 2 ** retry));
}

/** Returns ten minutes, or the time that a full answer takes at the speed that the vendor's SDK assumes: 128K tokens an hour. */
export function attemptTimeoutMs(rules: RetryRules, maxTokens: number): number {
  return rules.attemptTimeoutMs ?? Math.max(600_000, (maxTokens / 128_000) * 3_600_000);
}

/** Keeps retries from multiplying an outage: runs pay for them. */
export interface RetryBudget {
  /** Notes that a run begins. */
  deposit(): void;
  /** Takes one retry; false if none is left. */
  withdraw(): boolean;
}

/** Creates a token bucket: `reserve` at the start and at most, `ratio` added by each run, 1 taken by each retry. */
export function createRetryBudget({ ratio, reserve }: RetryRules["budget"]): RetryBudget {
  let tokens = reserve;
  return {
    deposit() {
      tokens = Math.min(reserve, tokens + ratio);
    },
    withdraw() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
