import { FLAG } from "../domain/file-scan.ts";
import type { Period } from "../domain/period.ts";
import { whereAt } from "./spend-groups.ts";
import type { Store } from "./open.ts";

/** Requests of one context, UTC day and side of the long-prompt border, added up. */
export interface BillGroup {
  context: number;
  /** UTC days since the epoch. */
  day: number;
  long: number;
  requests: number;
  input: number;
  output: number;
  thinking: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
  /** Nano-dollars; null where the model has no known price. */
  cost: number | null;
}

/** What was spent, each request once, in groups that can be priced again; `long` means a prompt above 100,000 tokens. */
export function readBillGroups({ db }: Store, period: Period): BillGroup[] {
  return db
    .prepare(`
      SELECT context, at / 86400000 AS day, input + cache_read + cache_write_5m + cache_write_1h > 100000 AS long,
        sum((context.flags & ${FLAG.part}) = 0) AS requests, sum(input) AS input, sum(output) AS output,
        sum(thinking) AS thinking, sum(cache_write_5m) AS cacheWrite5m, sum(cache_write_1h) AS cacheWrite1h,
        sum(cache_read) AS cacheRead, sum(web_searches) AS webSearches, sum(cost) AS cost
      FROM spent JOIN context ON context.id = spent.context ${whereAt(period)} GROUP BY 1, 2, 3`)
    .all() as BillGroup[];
}
