import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { temporaryFolder } from "../helpers/spend.ts";

/** Writes a folder of Claude Code's with requests of $1 each: 500,000 input tokens of Sonnet 5.5. */
function folderOf(times: readonly string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "projects/-home-dev-shop"), { recursive: true });
  const lines = times.map((time, index) =>
    JSON.stringify({
      type: "assistant",
      timestamp: time,
      sessionId: "s1",
      cwd: "/home/dev/shop",
      uuid: `u${index}`,
      requestId: `req_${index}`,
      message: {
        id: `msg_0${index}`,
        role: "assistant",
        model: "claude-sonnet-5-5",
        content: [],
        usage: { input_tokens: 500_000, output_tokens: 0 },
      },
    }),
  );
  writeFileSync(join(folder, "projects/-home-dev-shop/s1.jsonl"), `${lines.join("\n")}\n`);
  return folder;
}

interface Window {
  account: string;
  window: string;
  startedAt: string | null;
  endsAt: string | null;
  usedUsd: number;
  limitUsd: number | null;
  limitFrom: string;
  usedPercent: number | null;
  usdPerHour: number | null;
  expectedUsd: number | null;
  reachesLimitAt: string | null;
}

interface Setting {
  config?: string;
  now?: string;
  args?: string[];
  folders?: string[];
}

async function limitsOf(times: readonly string[], { config, now, args = [], folders }: Setting = {}) {
  const home = temporaryFolder();
  if (config !== undefined) {
    mkdirSync(join(home, "rolecall"));
    writeFileSync(join(home, "rolecall/config.yaml"), config);
  }
  const roots = folders ?? [folderOf(times)];
  const { out, exit } = await runCli(["limits", "--json", ...args], {
    now: Date.parse(now ?? "2026-11-18T11:00:00Z"),
    env: { CLAUDE_CONFIG_DIR: roots.join(","), ROLECALL_DB: ":memory:", XDG_CONFIG_HOME: home },
  });
  return { exit, ...(JSON.parse(out) as { windows: Window[]; exceeded: boolean }) };
}

/** Wednesday: an active window of 10:00 to 15:00 with $3 in its first half hour. */
const WEDNESDAY = ["10:00:00", "10:15:00", "10:30:00"].map((time) => `2026-11-18T${time}Z`);
const PLAN = "plan: { name: Max, fiveHours: 10, week: 20, weekReset: tuesday 09:00 }\n";

describe("limits of a configured plan", () => {
  it("are used by the active window and by the week since its reset", async () => {
    const times = ["2026-11-17T08:59:00Z", "2026-11-17T09:00:00Z", ...WEDNESDAY];
    const { windows } = await limitsOf(times, { config: PLAN });
    expect(windows).toMatchObject([
      {
        window: "five-hours",
        startedAt: "2026-11-18T10:00:00.000Z",
        usedUsd: 3,
        limitUsd: 10,
        usedPercent: 30,
      },
      {
        window: "week",
        startedAt: "2026-11-17T09:00:00.000Z",
        endsAt: "2026-11-24T09:00:00.000Z",
        usedUsd: 4,
      },
    ]);
  });

  it("tell what the window comes to at its rate, and when its limit is reached", async () => {
    const { windows } = await limitsOf(WEDNESDAY, { config: PLAN });
    expect(windows[0]).toMatchObject({
      usdPerHour: 6, // $3 in half an hour
      expectedUsd: 3 + 6 * 4,
      reachesLimitAt: "2026-11-18T12:10:00.000Z", // $7 are left
    });
    const [start, now] = [Date.parse("2026-11-17T09:00:00Z"), Date.parse("2026-11-18T11:00:00Z")];
    expect(windows[1]?.usdPerHour).toBeCloseTo((3 * 3_600_000) / (now - start), 6);
    expect(windows[1]?.reachesLimitAt).toBeNull();
  });

  it("exit with 1 past a percentage, for scripts", async () => {
    expect(await limitsOf(WEDNESDAY, { config: PLAN, args: ["--above", "29"] })).toMatchObject({
      exit: 1,
      exceeded: true,
    });
    expect(await limitsOf(WEDNESDAY, { config: PLAN, args: ["--above", "30"] })).toMatchObject({
      exit: 0,
      exceeded: false,
    });
    expect((await runCli(["limits", "--demo", "--above", "-1"])).exit).toBe(2);
  });
});

describe("limits that nobody configured", () => {
  it("are the most that a finished window had", async () => {
    const before = ["2026-11-05T10:00:00Z", "2026-11-05T11:00:00Z", "2026-11-06T10:00:00Z"];
    const { windows } = await limitsOf([...before, ...WEDNESDAY]);
    expect(windows).toMatchObject([
      { limitUsd: 2, limitFrom: "max", usedPercent: 150, reachesLimitAt: "2026-11-18T11:00:00.000Z" },
      { limitUsd: 3, limitFrom: "max", startedAt: "2026-11-16T00:00:00.000Z" },
    ]);
  });

  it("are not known before a window has finished, and never exceeded", async () => {
    const { windows, exit } = await limitsOf(WEDNESDAY, { args: ["--above", "0"] });
    expect(windows).toMatchObject([{ limitUsd: null, usedPercent: null }, { limitUsd: null }]);
    expect(exit).toBe(0);
  });
});

it("a window that has ended is not active: nothing of it counts", async () => {
  const { windows } = await limitsOf(WEDNESDAY, { config: PLAN, now: "2026-11-18T15:00:00Z" });
  expect(windows[0]).toMatchObject({ startedAt: null, usedUsd: 0, usedPercent: 0, usdPerHour: null });
});

it("accounts have limits of their own", async () => {
  const folders = [
    folderOf(WEDNESDAY),
    folderOf(WEDNESDAY.slice(1).map((time) => time.replace("11-18", "11-17"))),
  ];
  const { windows } = await limitsOf([], { config: PLAN, folders });
  expect(windows.map(({ account, window, usedUsd }) => [account, window, usedUsd])).toEqual([
    [folders[0], "five-hours", 3],
    [folders[0], "week", 3],
    [folders[1], "five-hours", 0],
    [folders[1], "week", 2],
  ]);
});

it("the windows are those of blocks", async () => {
  const [limits, blocks] = await Promise.all(
    ["limits", "blocks"].map(async (command) => (await runCli([command, "--demo", "--json"])).out),
  );
  const active = (JSON.parse(blocks ?? "") as { blocks: { active: boolean; costUsd: number }[] }).blocks.find(
    (block) => block.active,
  );
  const { windows } = JSON.parse(limits ?? "") as { windows: Window[] };
  expect(windows[0]?.usedUsd).toBe(active?.costUsd);
});
