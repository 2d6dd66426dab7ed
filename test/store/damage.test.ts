import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { rolecall, spendOf } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { flip, pagesOf } from "./damaged-pages.ts";
import { history } from "./history.ts";

describe("a byte that changed in a table", () => {
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
