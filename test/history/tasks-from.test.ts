import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readAnalyses } from "../../src/history/analyze.ts";
import { ingest } from "../../src/history/ingest.ts";
import { readJudged } from "../../src/history/judged.ts";
import type { OpenedHistory } from "../../src/history/open-history.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { type OpenedStore, openStore } from "../../src/store/open.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const models = createModelTable();
const SINCE = Date.parse("2026-11-10");

async function filled(root: string, since: number, store = openStore(":memory:")): Promise<OpenedStore> {
  await ingest(store, [root], models, { tasksFrom: () => since });
  return store;
}

function judged(store: OpenedStore, root: string, since: number) {
  return readAnalyses({ store, models, accounts: [root] }, { timezone: "UTC", since });
}

const countBatches = ({ db }: OpenedStore) =>
  db.prepare("SELECT count(DISTINCT transcript) FROM event_batch").pluck().get() as number;

it("tasks of a period are the same whether events of older sessions were read or not", async () => {
  const [some, all] = [await filled(DEMO, SINCE), await filled(DEMO, 0)];
  expect(judged(some, DEMO, SINCE)).toEqual(judged(all, DEMO, SINCE));
  expect(countBatches(some)).toBeGreaterThan(3);
  expect(countBatches(some)).toBeLessThan(countBatches(all));
});

it("events of older sessions are read when somebody asks for their tasks", async () => {
  const store = await filled(DEMO, SINCE);
  const again = await ingest(store, [DEMO], models, { tasksFrom: () => SINCE });
  expect(again.changed).toBe(0);
  await filled(DEMO, 0, store);
  expect(judged(store, DEMO, 0)).toEqual(judged(await filled(DEMO, 0), DEMO, 0));
});

it("a session that went on in one of its files is read in all of them", async () => {
  const root = mkdtempSync(join(tmpdir(), "rolecall-"));
  cpSync(DEMO, root, { recursive: true });
  const projects = join(root, "projects");
  const old = readdirSync(projects, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".jsonl") && !path.includes("agent-"))
    .map((path) => join(projects, path))
    .find((path) => !readFileSync(path, "utf8").includes('"timestamp":"2026-11')) as string;
  const session = /([^/\\]+)\.jsonl$/.exec(old)?.[1];
  const agent = {
    type: "user", sessionId: session, agentId: "late", isSidechain: true, cwd: "/x", uuid: "u1",
    timestamp: "2026-11-15T10:00:00.000Z", message: { role: "user", content: "go on" },
  }; // prettier-ignore
  const folder = join(old.replace(/\.jsonl$/, ""), "subagents");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "agent-late.jsonl"), `${JSON.stringify(agent)}\n`);
  const [some, all] = [await filled(root, SINCE), await filled(root, 0)];
  expect(judged(some, root, SINCE)).toEqual(judged(all, root, SINCE));
  const events = some.db.prepare(
    "SELECT count(*) FROM event_batch JOIN transcript ON id = transcript WHERE path = ?",
  );
  expect(events.pluck().get(old)).toBe(1);
});

it("asking for tasks from before the events that were read is a bug", async () => {
  const store = openStore(":memory:");
  const report = await ingest(store, [DEMO], models, { tasksFrom: () => SINCE });
  const history = { store, models, accounts: [DEMO], report } as unknown as OpenedHistory;
  expect(() => readJudged(history, { timezone: "UTC" })).toThrow("were not read");
});
