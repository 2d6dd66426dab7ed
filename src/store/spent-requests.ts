import type { Usage } from "../domain/usage.ts";
import type { Store } from "./open.ts";

/** One request, as it counts. */
export interface SpentRequest extends Usage {
  at: number;
  context: number;
  /** Nano-dollars; null where the model has no known price. */
  cost: number | null;
}

/** Every request once, in time order. */
export function iterateSpentRequests({ db }: Store): Iterable<SpentRequest> {
  return db
    .prepare(`
      SELECT at, context, input, output, thinking, cache_write_5m AS cacheWrite5m, cache_write_1h AS cacheWrite1h,
        cache_read AS cacheRead, web_searches AS webSearches, cost
      FROM spent ORDER BY at`)
    .iterate() as Iterable<SpentRequest>;
}
