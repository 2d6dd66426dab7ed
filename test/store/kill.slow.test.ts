import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { makeSessions } from "../../bench/corpus.ts";
import { createRandom } from "../../bench/random.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";
import { countSteps, killAt } from "../helpers/run-and-kill.ts";
import { ingested, temporaryFolder, totalsOf } from "../helpers/spend.ts";

const SCRIPT = join(import.meta.dirname, "../helpers/ingest-process.ts");

it("100 ingests of a growing history, most of them killed, leave exact totals and a sound file", async () => {
  const folder = temporaryFolder();
  const [db, root] = [join(folder, "rolecall.db"), join(folder, "claude")];
  const random = createRandom(11);
  const files = [...makeSessions({ seed: 5, projects: 3, sessions: 16, bytes: 1e6 })].flat();
  const sizes = new Map(files.map(({ path }) => [path, 0]));
  const grow = (share: number): void => {
    for (const { path, text } of files.filter(() => random.chance(share))) {
      const size = share === 1 ? text.length : random.between(sizes.get(path) ?? 0, text.length);
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text.slice(0, size));
      sizes.set(path, size);
    }
  };
  grow(0.1);
  const steps = await countSteps({ script: SCRIPT, args: [join(folder, "counted.db"), root] });
  for (let round = 0; round < 100; round++) {
    grow(0.1);
    // About twice the steps of one ingest: some end before they are killed, as they do on a user's machine.
    await killAt(random.between(0, 2 * steps), { script: SCRIPT, args: [db, root] });
  }
  grow(1);
  const store = openStore(db);
  await ingest(store, [root], createModelTable());
  expect(totalsOf(store)).toEqual(totalsOf(await ingested(root)));
  expect(store.notices).toEqual([]);
  expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(readdirSync(folder).filter((name) => name.includes("corrupt"))).toEqual([]);
});
