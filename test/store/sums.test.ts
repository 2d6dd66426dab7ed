import { describe, expect, it } from "vitest";
import { writeCorpus } from "../../bench/corpus.ts";
import { createRandom } from "../../bench/random.ts";
import type { Period } from "../../src/domain/period.ts";
import { NO_USAGE, promptTokens, type Usage } from "../../src/domain/usage.ts";
import { CATALOGUE } from "../../src/models/catalogue.ts";
import { promptBorders } from "../../src/models/price.ts";
import { readRequests } from "../../src/store/each-request.ts";
import type { OpenedStore } from "../../src/store/open.ts";
import { sumSpend, timeFinder } from "../../src/store/spend-sums.ts";
import { ingested, temporaryFolder } from "../helpers/spend.ts";

type Sums = Record<string, Record<string, number>>;

function add(
  sums: Sums,
  key: string,
  usage: Usage & { cost: number | null },
  requests: number,
  times: number[],
) {
  const sum = (sums[key] ??= { firstAt: Number.POSITIVE_INFINITY, lastAt: 0, requests: 0, cost: 0 });
  for (const name of Object.keys(NO_USAGE) as (keyof Usage)[]) sum[name] = (sum[name] ?? 0) + usage[name];
  sum["requests"] = (sum["requests"] as number) + requests;
  sum["cost"] = (sum["cost"] as number) + (usage.cost ?? 0);
  sum["firstAt"] = Math.min(sum["firstAt"] as number, ...times);
  sum["lastAt"] = Math.max(sum["lastAt"] as number, ...times);
}

function summed(store: OpenedStore, period: Period): Sums {
  const sums: Sums = {};
  for (const sum of sumSpend(store, ["session", "agentId", "model", "day"], period))
    add(sums, Object.values(sum.values).join(" "), sum, sum.requests, [sum.firstAt, sum.lastAt]);
  return sums;
}

function oneByOne(store: OpenedStore, period: Period): Sums {
  const timeOf = timeFinder(store, period);
  const sums: Sums = {};
  for (const request of readRequests(store, period)) {
    const { session, agentId, model, at, flags } = request;
    add(sums, [session, agentId, model, timeOf(at).day].join(" "), request, flags & 64 ? 0 : 1, [at]);
  }
  return sums;
}

async function corpus(seed: number, sessions: number): Promise<OpenedStore> {
  const folder = temporaryFolder();
  writeCorpus(folder, { seed, projects: 3, sessions, bytes: 2e6 });
  return ingested(folder);
}

describe("requests added up by quarters of an hour", () => {
  it("are the same as one by one, in any zone and for any period, copies and all", async () => {
    const store = await corpus(5, 40);
    const all = readRequests(store);
    const [first, last] = [all[0]?.at ?? 0, all.at(-1)?.at ?? 0];
    const copies = store.db.prepare("SELECT count(*) FROM request WHERE counted = 0").pluck().get();
    expect(copies).toBeGreaterThan(20);
    const random = createRandom(3);
    for (const timezone of ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"])
      for (const cut of [1, 60_000, 900_000, 86_400_000]) {
        const since = Math.floor(random.between(first, (first + last) / 2) / cut) * cut;
        const until = Math.ceil(random.between((first + last) / 2, last) / cut) * cut;
        for (const period of [{ timezone }, { timezone, since, until }] satisfies Period[]) {
          const sums = summed(store, period);
          expect(sums).toEqual(oneByOne(store, period));
          expect(Object.keys(sums).length).toBeGreaterThan(0);
        }
      }
  });

  it("are apart for each band of prompt lengths that some model prices on its own", async () => {
    const store = await corpus(3, 3);
    const borders = promptBorders(CATALOGUE);
    expect(borders.length).toBeGreaterThan(1);
    const requests = readRequests(store);
    const bands = sumSpend(store, ["promptAbove"], { timezone: "UTC" });
    expect(bands.length).toBeGreaterThan(1);
    for (const { values, requests: count } of bands) {
      const above = Number(values.promptAbove);
      const next = borders.find((border) => border > above) ?? Number.POSITIVE_INFINITY;
      const inside = requests.filter(
        (one) => promptTokens(one) > above && promptTokens(one) <= next && !(one.flags & 64),
      );
      expect(count).toBe(inside.length);
    }
  });
});
