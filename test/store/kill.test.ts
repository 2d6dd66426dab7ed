import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { makeSessions } from "../../bench/corpus.ts";
import { createRandom } from "../../bench/random.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore } from "../../src/store/open.ts";
import {
  byAgent,
  byModelAndDay,
  bySession,
  ingested,
  lineCounts,
  spentBy,
  temporaryFolder,
} from "../helpers/spend.ts";

/** Node keeps compiled sources here, so that most of a process's life is the ingest. */
const env = { ...process.env, NODE_COMPILE_CACHE: temporaryFolder() };
const SCRIPT = join(import.meta.dirname, "../helpers/ingest-process.ts");

/** Starts an ingest and kills it some milliseconds after it has opened the store; true if it was still at work. */
async function ingestAndKill(db: string, root: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [SCRIPT, db, root], { env, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close") as Promise<[code: number | null]>;
  await Promise.race([once(child.stdout, "data"), closed]);
  await Promise.race([wait(afterMs), closed]);
  child.kill("SIGKILL");
  return (await closed)[0] === null;
}

it(
  "100 kills at random moments of an ingest leave exact totals and a sound file",
  { timeout: 180_000 },
  async () => {
    const folder = temporaryFolder();
    const [db, root] = [join(folder, "rolecall.db"), join(folder, "claude")];
    const random = createRandom(11);
    const files = [...makeSessions({ seed: 5, projects: 3, sessions: 16, bytes: 1e6 })].flat();
    const sizes = new Map(files.map(({ path }) => [path, 0]));
    let killed = 0;
    for (let round = 0; round < 100; round++) {
      for (const { path, text } of files.filter(() => round === 99 || random.chance(0.1))) {
        const size = round === 99 ? text.length : random.between(sizes.get(path) ?? 0, text.length);
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text.slice(0, size));
        sizes.set(path, size);
      }
      if (await ingestAndKill(db, root, random.between(0, 60))) killed++;
    }
    expect(killed).toBeGreaterThan(50);
    const store = openStore(db);
    await ingest(store, [root], createModelTable());
    const fresh = await ingested(root);
    for (const keyOf of [byModelAndDay, bySession, byAgent])
      expect(spentBy(store, keyOf)).toEqual(spentBy(fresh, keyOf));
    expect(lineCounts(store)).toEqual(lineCounts(fresh));
    expect(store.notices).toEqual([]);
    expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
    expect(readdirSync(folder).filter((name) => name.includes("corrupt"))).toEqual([]);
  },
);
