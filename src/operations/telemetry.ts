import { type AttemptSummary, summarizeAttempts } from "../analysis/fallbacks/attempts.ts";
import type { Attempt } from "../domain/attempt.ts";
import type { BreakerEvent } from "../domain/breaker.ts";
import { type Breaker, createBreaker } from "../executor/breaker.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { openBreakers } from "../store/breakers.ts";
import { openStore } from "../store/open.ts";
import { loadModels } from "../history/load-models.ts";
import { resolveWorkspace, type WorkspaceOptions } from "../history/workspace.ts";

/** What the executor did in a period, and how its breakers stand. */
export interface TelemetryReport {
  summary: AttemptSummary;
  attempts: readonly Attempt[];
  breakers: ReturnType<Breaker["status"]>;
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
  /** Closes breakers before it looks: all of them, or the one of this key. */
  reset?: { key?: string };
}

/** Reads the attempts that are kept in the store. */
export function readTelemetry(query: TelemetryQuery, env: NodeJS.ProcessEnv): TelemetryReport {
  const store = openStore(resolveWorkspace(query, env).dbFile);
  try {
    const breakerStore = openBreakers(store);
    const breaker = createBreaker(breakerStore);
    if (query.reset) breaker.reset(query.now, query.reset.key);
    const attempts = openAttemptLog(store).list(query.since, query.until);
    return {
      summary: summarizeAttempts(attempts, loadModels(query.prices, env)),
      attempts,
      breakers: breaker.status(query.now),
      breakerEvents: breakerStore.events(query.since),
    };
  } finally {
    store.close();
  }
}
