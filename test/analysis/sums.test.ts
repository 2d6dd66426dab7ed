import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJudged } from "../../src/history/judged.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { readSavings } from "../../src/operations/savings.ts";
import { readSpend } from "../../src/operations/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");
const PERIOD = { timezone: "UTC" };

describe("tasks, and requests that belong to none, add up to what was spent", () => {
  it.each(readdirSync(RECORDINGS))("%s", async (name) => {
    const root = join(RECORDINGS, name);
    const history = await openHistory({ claudeDirs: [root], db: ":memory:" }, process.env, root);
    try {
      const spent = readSpend(history, ["model"], PERIOD).total;
      const analyses = readJudged(history, PERIOD);
      const bills = analyses.flatMap(({ tasks, unattached }) => [
        ...unattached,
        ...tasks.flatMap((task) => task.bills),
      ]);
      expect(bills.reduce((sum, { costNano = 0 }) => sum + costNano, 0)).toBeCloseTo(spent.costNano, 3);
      expect(bills.reduce((sum, { requests }) => sum + requests, 0)).toBe(spent.requests);
      expect(readSavings(history, PERIOD, {}).actualNano).toBeCloseTo(spent.costNano, 3);
    } finally {
      history.close();
    }
  });
});
