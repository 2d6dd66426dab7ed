import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { rolecall, spendOf } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { flip, pagesOf } from "./damaged-pages.ts";
import { history } from "./history.ts";

/** Bytes changed in each table; `npm run test:damage` changes 100. */
const PLACES = Number(process.env["DAMAGE_PLACES"] ?? 3);

describe("a byte that changed in a table", () => {
  it("gives the same numbers, and is said, wherever it is", { timeout: 60_000 * (PLACES + 1) }, async () => {
    const { places, spend } = await history();
    await rolecall(["fallbacks", "--all"], places);
    const pages = Map.groupBy(pagesOf(places.db), ({ table }) => table);
    expect(pages.size).toBeGreaterThan(15);
    const random = createRandom(7);
    const size = 16_384;
    const sound = join(temporaryFolder(), "sound.db");
    copyFileSync(places.db, sound);
    copyFileSync(`${places.db}.seal`, `${sound}.seal`);
    for (const of of pages.values())
      for (let place = 0; place < PLACES; place++) {
        copyFileSync(sound, places.db);
        copyFileSync(`${sound}.seal`, `${places.db}.seal`);
        const { page } = random.pick(of);
        flip(places.db, (page - 1) * size + random.between(0, size - 1), random);
        const run = await rolecall(["spend", "--all"], places);
        expect(run.exit).toBe(0);
        expect(run.err).toContain("was damaged");
        expect(await spendOf(places)).toEqual(spend);
      }
  });
});
