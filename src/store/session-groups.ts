import type { Period } from "../domain/period.ts";
import { type SpendGroup, whereAt } from "./spend-groups.ts";
import type { Store } from "./open.ts";

/** Requests of one context, with when the first and the last of them were made. */
export interface SessionGroup extends Omit<SpendGroup, "day"> {
  firstAt: number;
  lastAt: number;
}

/** What was spent, each request once, and when. */
export function readSessionGroups({ db }: Store, period: Period): SessionGroup[] {
  return db
    .prepare(`
      SELECT context, min(at) AS firstAt, max(at) AS lastAt, count(*) AS requests, sum(input) AS input,
        sum(output) AS output, sum(thinking) AS thinking, sum(cache_write_5m) AS cacheWrite5m,
        sum(cache_write_1h) AS cacheWrite1h, sum(cache_read) AS cacheRead, sum(web_searches) AS webSearches,
        sum(cost) AS cost
      FROM spent ${whereAt(period)} GROUP BY context`)
    .all() as SessionGroup[];
}
