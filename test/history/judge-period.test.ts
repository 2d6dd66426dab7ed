import { join } from "node:path";
import { expect, it } from "vitest";
import { createModelTable } from "../../src/models/resolve.ts";
import { readAnalyses } from "../../src/history/analyze.ts";
import type { OpenedStore } from "../../src/store/open.ts";
import { ingested } from "../helpers/spend.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const judged = ({ db }: OpenedStore) =>
  db.prepare("SELECT count(*) FROM session_judgement").pluck().get() as number;

it("a period's sessions are judged as they are among all, and older ones wait until they are asked for", async () => {
  const of = (store: OpenedStore) => ({ store, models: createModelTable(), accounts: [DEMO] });
  const [some, all] = [await ingested(DEMO), await ingested(DEMO)];
  const period = { timezone: "UTC", since: Date.parse("2026-11-10"), until: Date.parse("2026-11-16") };
  const whole = readAnalyses(of(all), { timezone: "UTC" });
  expect(readAnalyses(of(some), period)).toEqual(readAnalyses(of(all), period));
  expect(judged(some)).toBeGreaterThan(3);
  expect(judged(some)).toBeLessThan(judged(all));
  expect(readAnalyses(of(some), { timezone: "UTC" })).toEqual(whole);
});

it("judgements that were just made are as the store keeps them", async () => {
  const store = await ingested(DEMO);
  const read = () =>
    readAnalyses({ store, models: createModelTable(), accounts: [DEMO] }, { timezone: "UTC" });
  const made = read();
  store.db.exec("UPDATE meta SET value = value"); // what was read before is out of date
  const kept = read();
  expect(kept).not.toBe(made);
  expect(kept).toEqual(made);
});

it("the judgements of a period are read again when the store has changed", async () => {
  const store = await ingested(DEMO);
  const read = () =>
    readAnalyses({ store, models: createModelTable(), accounts: [DEMO] }, { timezone: "UTC" });
  const first = read();
  expect(read()).toBe(first);
  const [session] = first.map((analysis) => analysis.session);
  store.db.prepare("UPDATE task SET outcome = 'failed' WHERE session = ?").run(session);
  expect(read()[0]?.tasks.every(({ outcome }) => outcome === "failed")).toBe(true);
});
