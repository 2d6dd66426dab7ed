import Database from "better-sqlite3";
import { closeSync, copyFileSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { rolecall, spendOf } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { history } from "./history.ts";

/** A page of the file, and the table or the index's table that it belongs to. */
interface Page {
  table: string;
  page: number;
}

function pagesOf(file: string): Page[] {
  const db = new Database(file, { readonly: true });
  try {
    return db
      .prepare<[], Page>(
        `SELECT coalesce(tbl_name, name) AS "table", pageno AS page FROM dbstat LEFT JOIN sqlite_schema USING (name)
        WHERE name NOT LIKE 'sqlite_%'`,
      )
      .all();
  } finally {
    db.close();
  }
}

/** Changes one bit of each of some bytes. */
function flip(file: string, at: number, random: ReturnType<typeof createRandom>): void {
  const fd = openSync(file, "r+");
  const byte = readFileSync(file)[at] as number;
  writeSync(fd, Buffer.from([byte ^ (1 << random.between(0, 7))]), 0, 1, at);
  closeSync(fd);
}

/** Bytes changed in each table. */
const PLACES = Number(process.env["DAMAGE_PLACES"] ?? 2);

describe("a byte that changed in a table", () => {
  it("gives the same numbers, and is said, wherever it is", { timeout: 600_000 }, async () => {
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

  it("costs only the rows of its page when the transcripts are gone, and they are counted", async () => {
    const { places, spend } = await history();
    for (const root of places.roots) rmSync(join(root, "projects"), { recursive: true });
    await spendOf(places);
    const page = pagesOf(places.db).find(({ table }) => table === "request")?.page as number;
    flip(places.db, page * 16_384 - 20, createRandom(1));
    const run = await rolecall(["spend", "--all"], places);
    expect(run.err).toMatch(/was damaged .* \d+ rows? (?:was|were) lost/);
    const after = (await spendOf(places)) as { total: { requests: number } };
    expect(after.total.requests).toBeLessThan((spend as typeof after).total.requests);
  });

  it("in the notes of forget brings no session back", async () => {
    const { places } = await history();
    await rolecall(["forget", "--all", "--yes"], places);
    writeFileSync(places.db, "garbage".repeat(4000));
    const after = (await spendOf(places)) as { total: { requests: number } };
    expect(after.total.requests).toBe(0);
  });

  it("is not looked for in a copy of an earlier day, which is another state and no damage", async () => {
    const { places, spend } = await history();
    const earlier = join(temporaryFolder(), "earlier.db");
    copyFileSync(places.db, earlier);
    await rolecall(["fallbacks", "--all"], places);
    copyFileSync(earlier, places.db);
    const run = await rolecall(["spend", "--all"], places);
    expect(run.err).toBe("");
    expect(await spendOf(places)).toEqual(spend);
  });
});
