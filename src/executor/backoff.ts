/** When to try again, and when to stop waiting. */
export interface RetryRules {
  /** Attempts after the first on one model, for failures that may pass. */
  retries: number;
  /** Longest wait before the first retry; doubles with each. */
  baseDelayMs: number;
  maxDelayMs: number;
  /** A server that asks for a longer wait is left alone: the next model is tried instead. */
  maxRetryAfterMs: number;
  /** For one attempt, from sending to the last byte (default: by the room for its answer). */
  attemptTimeoutMs?: number;
  /** For all attempts of a run and the waits between them. */
  totalTimeoutMs: number;
  /** Retries that an executor may make beyond `ratio` of its runs. */
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
 * The wait before retry number `retry` (from 0): what the server asked for, else full jitter, which spreads callers best
 * (Brooker, "Exponential Backoff and Jitter", 2015). Undefined: the server asks for more than may be waited.
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

/** Ten minutes, or as long as a full answer takes at the speed that the vendor's SDK reckons with: 128K tokens an hour. */
export function attemptTimeoutMs(rules: RetryRules, maxTokens: number): number {
  return rules.attemptTimeoutMs ?? Math.max(600_000, (maxTokens / 128_000) * 3_600_000);
}

/** Keeps an outage from being multiplied: retries are paid for by runs. */
export interface RetryBudget {
  /** A run begins. */
  deposit(): void;
  /** Whether one retry may be made. */
  withdraw(): boolean;
}

/** A token bucket: `reserve` at the start and at most, `ratio` for each run, 1 taken by each retry. */
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
