import { join } from "node:path";
import { expect, it } from "vitest";
import { CATEGORIES } from "../../src/domain/task.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { categoriesFinder } from "../../src/history/spend-categories.ts";
import { readSpend } from "../../src/operations/spend.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const EVER = { timezone: "UTC" };

it("by category and complexity every request counts once, and all of them come to the total", async () => {
  const history = await openHistory({ claudeDirs: [DEMO], db: ":memory:" }, process.env, import.meta.dirname);
  const plain = readSpend(history, ["model"], EVER);
  const byCategory = readSpend(
    history,
    ["category", "complexity", "day"],
    EVER,
    {},
    {
      categoriesOf: categoriesFinder(history, EVER),
    },
  );
  history.close();
  expect(byCategory.total).toEqual(plain.total);
  expect(byCategory.rows.reduce((sum, row) => sum + row.costNano, 0)).toBeCloseTo(plain.total.costNano, 3);
  for (const { key } of byCategory.rows) expect(CATEGORIES).toContain(key.category);
  expect(new Set(byCategory.rows.map(({ key }) => key.complexity))).toEqual(
    new Set(["mechanical", "generative", "reasoning", "exploration"]),
  );
});
