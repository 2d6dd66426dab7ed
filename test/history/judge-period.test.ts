import { join } from "node:path";
import { expect, it } from "vitest";
import { createModelTable } from "../../src/models/resolve.ts";
import { readAnalyses } from "../../src/history/analyze.ts";
import type { Store } from "../../src/store/open.ts";
import { ingested } from "../helpers/spend.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const judged = ({ db }: Store) =>
  db.prepare("SELECT count(*) FROM session_judgement").pluck().get() as number;

it("a period's sessions are judged as they are among all, and older ones wait until they are asked for", async () => {
  const models = createModelTable();
  const [some, all] = [await ingested(DEMO), await ingested(DEMO)];
  const period = { timezone: "UTC", since: Date.parse("2026-11-10"), until: Date.parse("2026-11-16") };
  const whole = readAnalyses(all, models, { timezone: "UTC" });
  expect(readAnalyses(some, models, period)).toEqual(readAnalyses(all, models, period));
  expect(judged(some)).toBeGreaterThan(3);
  expect(judged(some)).toBeLessThan(judged(all));
  expect(readAnalyses(some, models, { timezone: "UTC" })).toEqual(whole);
});
