import { type AttemptSummary, summarizeAttempts } from "../analysis/fallbacks/attempts.ts";
import { type LatencySummary, summarizeLatency } from "../analysis/fallbacks/latency.ts";
import type { Attempt } from "../domain/attempt.ts";
import type { BreakerEvent } from "../domain/breaker.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import { type Breaker, type BreakerStatus, createBreaker } from "../executor/breaker.ts";
import { hasAttempts, openAttemptLog } from "../store/attempts.ts";
import { openBreakers } from "../store/breakers.ts";
import { openStore } from "../store/open.ts";
import { loadModels } from "../history/load-models.ts";
import { resolveWorkspace, type WorkspaceOptions } from "../history/workspace.ts";

/** The attempts of a period, and the state of the breakers. */
export interface TelemetryReport {
  summary: AttemptSummary;
  latency: LatencySummary;
  attempts: readonly Attempt[];
  /** Any attempt was recorded, in the period or not. */
  hasAttempts: boolean;
  breakers: readonly BreakerStatus[];
  /** Newest first. */
  breakerEvents: readonly BreakerEvent[];
}

export interface TelemetryQuery extends WorkspaceOptions {
  /** ms since the epoch; `until` is exclusive. */
  since: number;
  until?: number;
  now: number;
  /** The user's price file. */
  prices?: string | undefined;
  /** Closes breakers first: all of them, or the one of this key. */
  reset?: { key?: string };
}

/** Reads the attempts that are recorded in the store. Throws UsageError for a breaker to reset that does not exist. */
export function readTelemetry(query: TelemetryQuery, env: NodeJS.ProcessEnv): TelemetryReport {
  const store = openStore(resolveWorkspace(query, env).dbFile);
  try {
    const breakerStore = openBreakers(store);
    const breaker = createBreaker(breakerStore);
    if (query.reset) resetBreakers(breaker, query.now, query.reset.key);
    const { since, until } = query;
    const attempts = openAttemptLog(store).attempts({ since, ...(until !== undefined && { until }) });
    return {
      latency: summarizeLatency(attempts),
      summary: summarizeAttempts(attempts, loadModels(query.prices, env)),
      attempts,
      hasAttempts: attempts.length > 0 || hasAttempts(store),
      breakers: breaker.status(query.now),
      breakerEvents: breakerStore.events(query.since),
    };
  } finally {
    store.close();
  }
}

function resetBreakers(breaker: Breaker, now: number, key: string | undefined): void {
  const keys = breaker.status(now).map((status) => status.key);
  if (key !== undefined && !keys.includes(key)) {
    throw new UsageError(`--reset: unknown breaker "${key}"`, {
      hint: keys.length > 0 ? expectOneOf(key, keys) : "Expected a known breaker; no model has failed yet.",
    });
  }
  breaker.reset(now, key);
}
