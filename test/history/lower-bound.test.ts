import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { openStore } from "../../src/store/open.ts";
import { listAccounts } from "../../src/store/transcripts.ts";
import { readFirstCounts } from "../../src/store/written.ts";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const WORDS = "the cart holds what people want to buy and the price is computed when they pay for it".split(
  " ",
);

/** Answers whose true output is known; `isHidden` tells which have only the first count, as clients up to 2.1.56 wrote them. */
function writeHistory(isHidden: (answer: number) => boolean, oldVersion = "2.1.32") {
  const random = createRandom(5);
  const home = temporaryFolder();
  const truth = { all: 0, hidden: 0 };
  const lines = Array.from({ length: 400 }, (_, answer) => {
    const words = Array.from({ length: Math.round(random.logNormal(120, 1)) + 5 }, () => random.pick(WORDS));
    // Tokens vary against the length of the text, as they do for real.
    const output = Math.round(words.join(" ").length * (0.2 + 0.06 * random.next()));
    truth.all += output;
    if (isHidden(answer)) truth.hidden += output;
    return JSON.stringify({
      parentUuid: null, isSidechain: false, cwd: "/home/dev/shop-api", sessionId: "e6c6579f-5fce-4f27-3605-4db7bfc6d65c",
      version: isHidden(answer) ? oldVersion : "2.1.2", gitBranch: "main", type: "assistant",
      message: {
        model: "claude-opus-4-6", id: `msg_01hidden${answer}`, type: "message", role: "assistant",
        content: [{ type: "text", text: words.join(" ") }], stop_reason: isHidden(answer) ? null : "end_turn",
        stop_sequence: null, usage: { input_tokens: 10, output_tokens: isHidden(answer) ? 2 : output },
      },
      requestId: `req_01hidden${answer}`, uuid: random.uuid(), timestamp: new Date(Date.UTC(2026, 1, 10, 9, 0, answer)).toISOString(),
    }); // prettier-ignore
  });
  mkdirSync(join(home, "projects/-home-dev-shop-api"), { recursive: true });
  writeFileSync(
    join(home, "projects/-home-dev-shop-api/e6c6579f-5fce-4f27-3605-4db7bfc6d65c.jsonl"),
    `${lines.join("\n")}\n`,
  );
  return { places: { roots: [home], db: join(home, "store.db") }, truth };
}

interface Answer {
  cutRequests: number;
  total: { tokens: { output: number } };
  lowerBound?: { requests: number; output: number; estimatedOutput: number; estimatedMissingUsd: number };
}

describe("output that was not recorded", () => {
  it.each(["2.1.32", "2.1.2"])(
    "of client %s is estimated within 10 %, beside the exact total",
    async (version) => {
      const { places, truth } = writeHistory((answer) => answer % 2 === 0, version);
      const run = await rolecall(["spend", "--all", "--json"], places);
      const { cutRequests, total, lowerBound } = JSON.parse(run.out) as Answer;
      expect(cutRequests).toBe(200);
      expect(lowerBound).toMatchObject({ requests: 200, output: 400 });
      expect(total.tokens.output).toBe(truth.all - truth.hidden + 400);
      const estimated = lowerBound?.estimatedOutput ?? 0;
      expect(Math.abs(estimated / truth.hidden - 1)).toBeLessThan(0.1);
      expect(lowerBound?.estimatedMissingUsd).toBeCloseTo(((estimated - 400) * 25) / 1e6, 6);
    },
  );

  it("is said in one line by each command", async () => {
    const { places } = writeHistory((answer) => answer % 2 === 0);
    expect((await rolecall(["spend", "--all"], places)).out).toContain(
      "200 answers have only the first count",
    );
    for (const command of ["sessions", "savings", "blocks"])
      expect((await rolecall([command, "--since", "2026-01-01"], places)).err).toContain("a lower bound");
  });

  it("is not spoken of when every count is final", async () => {
    const { places } = writeHistory(() => false);
    const { out } = await rolecall(["spend", "--all", "--json"], places);
    expect((JSON.parse(out) as Answer).lowerBound).toBeUndefined();
  });

  it("is the same in one reading, in two, in parts of a quarter of an hour, and in a store of format 6", async () => {
    const { places } = writeHistory((answer) => answer % 2 === 0);
    const bound = async () =>
      (JSON.parse((await rolecall(["spend", "--all", "--json"], places)).out) as Answer).lowerBound;
    const file = join(
      places.roots[0] as string,
      "projects/-home-dev-shop-api/e6c6579f-5fce-4f27-3605-4db7bfc6d65c.jsonl",
    );
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.slice(0, text.indexOf("\n", text.length / 2) + 1));
    expect((await bound())?.requests).toBeLessThan(150);
    writeFileSync(file, text);
    const all = await bound();
    expect(all).toMatchObject({ requests: 200, output: 400 });
    const store = openStore(places.db);
    const middle = Date.UTC(2026, 1, 10, 9, 3, 20, 500);
    const counts = [{}, { until: middle }, { since: middle }].map((period) =>
      readFirstCounts(store, listAccounts(store), { timezone: "UTC", ...period }),
    );
    expect(counts.map(([group]) => group?.answers)).toEqual([200, 101, 99]);
    const [whole, ...parts] = counts.map(([group]) => group?.bytes ?? 0);
    expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(whole);
    store.db.exec(`
      CREATE TABLE written (request INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
      INSERT INTO written SELECT id, written FROM request;
      DROP VIEW requests;
      DROP VIEW counted_request;
      ALTER TABLE request DROP COLUMN written;
      CREATE VIEW counted_request AS SELECT * FROM request;
      DELETE FROM spend;
      PRAGMA user_version = 6`);
    store.close();
    expect(await bound()).toEqual(all);
  });
});
