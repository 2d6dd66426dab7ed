import { describe, expect, it } from "vitest";
import { writeCorpus } from "../../bench/corpus.ts";
import { createRandom } from "../../bench/random.ts";
import type { Period } from "../../src/domain/period.ts";
import {
  type DayGroup,
  readBillGroups,
  readSpendGroups,
  readSpendOneByOne,
} from "../../src/store/spend-groups.ts";
import type { Store } from "../../src/store/open.ts";
import { ingested, temporaryFolder } from "../helpers/spend.ts";

/** What groups of any fineness come to, by session, model and day. */
function sumsOf(groups: readonly DayGroup[]): Record<string, object> {
  const sums: Record<string, Record<string, number>> = {};
  for (const { context, day, firstAt, lastAt, cost, ...counts } of groups) {
    const sum = (sums[`${context.session} ${context.agentId} ${context.model} ${context.stop} ${day}`] ??= {
      firstAt: Number.POSITIVE_INFINITY,
      lastAt: 0,
    });
    for (const [name, count] of Object.entries({ ...counts, cost: cost ?? 0 }))
      sum[name] = (sum[name] ?? 0) + count;
    sum["firstAt"] = Math.min(sum["firstAt"] as number, firstAt);
    sum["lastAt"] = Math.max(sum["lastAt"] as number, lastAt);
  }
  return sums;
}

const requestsIn = (groups: readonly DayGroup[]) => groups.reduce((all, group) => all + group.requests, 0);

async function corpus(seed: number, sessions: number): Promise<Store> {
  const folder = temporaryFolder();
  writeCorpus(folder, { seed, projects: 3, sessions, bytes: 2e6 });
  return ingested(folder);
}

describe("requests added up by quarters of an hour", () => {
  it("come to the same as one by one, in any zone and for any period, copies and all", async () => {
    const store = await corpus(5, 40);
    const [{ first, last, copies }] = store.db
      .prepare(
        "SELECT min(first_at) AS first, max(last_at) AS last, (SELECT count(*) FROM copied) AS copies FROM request_pack",
      )
      .all() as [{ first: number; last: number; copies: number }];
    expect(copies).toBeGreaterThan(20);
    const random = createRandom(3);
    for (const timezone of ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"])
      for (const cut of [1, 60_000, 900_000, 86_400_000]) {
        const since = Math.floor(random.between(first, (first + last) / 2) / cut) * cut;
        const until = Math.ceil(random.between((first + last) / 2, last) / cut) * cut;
        for (const period of [{ timezone }, { timezone, since, until }] satisfies Period[]) {
          const summed = sumsOf(readSpendGroups(store, period, true));
          expect(summed).toEqual(sumsOf(readSpendOneByOne(store, period, true)));
          expect(Object.keys(summed).length).toBeGreaterThan(0);
        }
      }
  });

  it("tell long prompts from others, as each request does", async () => {
    const store = await corpus(7, 3);
    const bills = readBillGroups(store, { timezone: "UTC" });
    const requests = readSpendOneByOne(store, { timezone: "UTC" }, false);
    const long = requests.filter(
      (one) => one.input + one.cacheRead + one.cacheWrite5m + one.cacheWrite1h > 100_000,
    );
    expect(long.length).toBeGreaterThan(0);
    expect(requestsIn(bills.filter((bill) => bill.long))).toBe(long.length);
    expect(requestsIn(bills)).toBe(requests.length);
  });
});
