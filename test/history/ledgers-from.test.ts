import { join } from "node:path";
import { expect, it } from "vitest";
import { openHistory } from "../../src/history/open-history.ts";
import { readWhy } from "../../src/operations/why.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const SINCE = Date.parse("2026-11-10");
const now = Date.parse("2026-11-21");

/** Explains a period. `contentFrom`: from when on content is read in the same pass as requests. */
async function explain(sinces: number[], contentFrom?: number) {
  const history = await openHistory(
    { claudeDirs: [DEMO], db: ":memory:", needs: "agents", contentFrom },
    {},
    DEMO,
  );
  const count = (sql: string) => history.store.db.prepare(sql).pluck().get() as number;
  const inPass = count("SELECT count(*) FROM content");
  const reports = sinces.map((since) => readWhy(history, { period: { timezone: "UTC", since }, now }));
  const read = count("SELECT count(*) FROM content");
  history.close();
  return { inPass, read, report: reports.at(-1) };
}

it("causes of a period are the same whether older transcripts were read or not", async () => {
  const [some, all] = [await explain([SINCE]), await explain([0, SINCE])];
  expect(some.report).toEqual(all.report);
  expect(some.read).toBeGreaterThan(3);
  expect(some.read).toBeLessThan(all.read);
});

it("older transcripts are read when somebody asks for their causes", async () => {
  expect((await explain([SINCE, 0])).report).toEqual((await explain([0])).report);
});

it("content is the same whether it is read along with requests or later", async () => {
  const [before, later] = [await explain([0], 0), await explain([0])];
  expect(later.inPass).toBe(0);
  expect(before.inPass).toBeGreaterThanOrEqual(later.read);
  expect(before.report).toEqual(later.report);
  const some = await explain([SINCE], SINCE);
  expect(some.inPass).toBeGreaterThan(3);
  expect(some.inPass).toBeLessThan(before.inPass);
  expect(some.report).toEqual((await explain([SINCE])).report);
});
