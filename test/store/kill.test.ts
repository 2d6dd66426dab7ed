import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeSessions } from "../../bench/corpus.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";
import { countSteps, killAt, spread } from "../helpers/run-and-kill.ts";
import { ingested, temporaryFolder, totalsOf } from "../helpers/spend.ts";

const SCRIPT = join(import.meta.dirname, "../helpers/ingest-process.ts");

let root: string;
let totals: ReturnType<typeof totalsOf>;
beforeAll(async () => {
  root = temporaryFolder();
  for (const { path, text } of [...makeSessions({ seed: 5, projects: 2, sessions: 8, bytes: 2e5 })].flat()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  totals = totalsOf(await ingested(root));
});

/** Brings what a killed ingest left up to date; returns the totals. Fails if the file is not sound. */
async function finish(db: string) {
  const store = openStore(db);
  await ingest(store, [root], createModelTable());
  expect(store.notices).toEqual([]);
  expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
  const finished = totalsOf(store);
  store.close();
  return finished;
}

describe("an ingest that is killed", () => {
  it("before any step of its work is completed by the next one", async () => {
    const folder = temporaryFolder();
    const ingesting = (name: string) => ({ script: SCRIPT, args: [join(folder, name), root] });
    const steps = await countSteps(ingesting("whole.db"));
    for (const step of spread(6, steps)) {
      expect(await killAt(step, ingesting(`${step}.db`))).toBe(true);
      expect(await finish(join(folder, `${step}.db`))).toEqual(totals);
    }
  });

  it("in the middle of writing its commit is completed by the next one", async () => {
    const folder = temporaryFolder();
    const db = join(folder, "rolecall.db");
    const store = openStore(db);
    const reader = openStore(db); // While it reads an older state, the log is not emptied.
    reader.db.exec("BEGIN; SELECT 1 FROM meta");
    await ingest(store, [root], createModelTable());
    // SQLite appends a commit to the log beside the file: what a kill leaves is the log up to some byte.
    const bytes = readFileSync(`${db}-wal`).length;
    expect(bytes).toBeGreaterThan(20 * 4096); // pages: no two cuts fall into the same one
    for (const size of spread(20, bytes)) {
      const copy = join(folder, `${size}.db`);
      copyFileSync(db, copy);
      copyFileSync(`${db}-wal`, `${copy}-wal`);
      truncateSync(`${copy}-wal`, size);
      expect(await finish(copy)).toEqual(totals);
    }
    reader.db.exec("COMMIT");
    reader.close();
    store.close();
  });
});
