import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Block, readBlocks } from "../../src/operations/blocks.ts";
import { openHistory } from "../../src/history/open-history.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const DAY = "2026-11-10T";

/** A folder of Claude Code's with one request at each of the times: 1,000 input tokens of Sonnet 5.5, $0.002. */
function folderOf(times: readonly string[], model = "claude-sonnet-5-5"): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "projects/-home-dev-shop"), { recursive: true });
  const lines = times.map((time, index) =>
    JSON.stringify({
      type: "assistant",
      timestamp: time.includes("T") ? time : `${DAY}${time}Z`,
      sessionId: "s1",
      cwd: "/home/dev/shop",
      uuid: `u${index}`,
      requestId: `req_${index}`,
      message: {
        id: `msg_0${index}`,
        role: "assistant",
        model,
        content: [],
        usage: { input_tokens: 1000, output_tokens: 0 },
      },
    }),
  );
  writeFileSync(join(folder, "projects/-home-dev-shop/s1.jsonl"), `${lines.join("\n")}\n`);
  return folder;
}

async function blocksOf(times: readonly string[], now: string, since?: string): Promise<Block[]> {
  const options = { claudeDirs: [folderOf(times)], db: ":memory:" };
  const history = await openHistory(options, process.env, process.cwd());
  try {
    const period = { timezone: "UTC", ...(since && { since: Date.parse(`${DAY}${since}Z`) }) };
    return readBlocks(history, period, {}, Date.parse(`${DAY}${now}Z`));
  } finally {
    history.close();
  }
}

const spans = (blocks: readonly Block[]) =>
  blocks.map(({ startedAt, requests }) => [new Date(startedAt).toISOString().slice(11, 16), requests]);

describe("five-hour windows", () => {
  it("start at the full hour of their first request", async () => {
    expect(spans(await blocksOf(["08:47:00", "09:10:00"], "23:00:00"))).toEqual([["08:00", 2]]);
  });

  it("end five hours after their start, and the next request starts another", async () => {
    const times = ["08:47:00", "12:59:00", "13:00:00", "13:00:01", "17:30:00"];
    expect(spans(await blocksOf(times, "23:00:00"))).toEqual([
      ["08:00", 2],
      ["13:00", 3],
    ]);
  });

  it("are not moved by the period that is looked at", async () => {
    const blocks = await blocksOf(["08:47:00", "10:00:00", "13:30:00"], "23:00:00", "09:00:00");
    expect(spans(blocks)).toEqual([
      ["08:00", 1],
      ["13:00", 1],
    ]);
  });

  it("burn from the first request to the last; one request alone burns at no rate", async () => {
    const [burning] = await blocksOf(["08:00:00", "08:30:00"], "23:00:00");
    expect(burning?.burnRate).toEqual({ tokensPerMinute: 2000 / 30, nanoPerHour: 8_000_000 });
    const [single] = await blocksOf(["08:00:00"], "23:00:00");
    expect(single?.burnRate).toBeUndefined();
  });

  it("project the active one to its end at its rate, and no other", async () => {
    const [active] = await blocksOf(["08:00:00", "09:00:00"], "11:00:00");
    expect(active).toMatchObject({
      active: true,
      projection: {
        remainingMs: 2 * 3_600_000,
        costNano: 4_000_000 + 2 * 4_000_000,
        tokens: 2000 + 2 * 2000,
      },
    });
    const [over] = await blocksOf(["08:00:00", "09:00:00"], "13:00:01");
    expect(over).toMatchObject({ active: false, projection: undefined });
  });
});
