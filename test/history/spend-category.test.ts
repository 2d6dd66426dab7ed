import { join } from "node:path";
import { expect, it } from "vitest";
import { openHistory } from "../../src/history/open-history.ts";
import { categoryFinder } from "../../src/history/spend-categories.ts";
import { readSpend } from "../../src/operations/spend.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const EVER = { timezone: "UTC" };

it("by category every request counts once, and all of them come to the total", async () => {
  const history = await openHistory({ claudeDirs: [DEMO], db: ":memory:" }, process.env, import.meta.dirname);
  const plain = readSpend(history, ["model"], EVER);
  const byCategory = readSpend(history, ["category", "day"], EVER, {}, categoryFinder(history, EVER));
  history.close();
  expect(byCategory.total).toEqual(plain.total);
  expect(byCategory.rows.reduce((sum, row) => sum + row.costNano, 0)).toBeCloseTo(plain.total.costNano, 3);
  expect(new Set(byCategory.rows.map(({ key }) => key.category))).toEqual(
    new Set(["mechanical", "generative", "reasoning", "exploration"]),
  );
});
