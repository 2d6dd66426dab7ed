import { FLAG } from "../domain/file-scan.ts";
import type { Period } from "../domain/period.ts";
import { type SpendGroup, USAGE_SUMS, whereAt } from "./spend-groups.ts";
import type { Store } from "./open.ts";

/** Requests of one context, UTC day and side of the long-prompt border, added up. */
export interface BillGroup extends SpendGroup {
  long: number;
}

/** What was spent, each request once, in groups that can be priced again; `long` means a prompt above 100,000 tokens. */
export function readBillGroups({ db }: Store, period: Period): BillGroup[] {
  return db
    .prepare(`
      SELECT context, at / 86400000 AS day, input + cache_read + cache_write_5m + cache_write_1h > 100000 AS long,
        sum((context.flags & ${FLAG.part}) = 0) AS requests, ${USAGE_SUMS}
      FROM spent JOIN context ON context.id = spent.context ${whereAt(period)} GROUP BY 1, 2, 3`)
    .all() as BillGroup[];
}
