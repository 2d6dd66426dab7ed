import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

interface Spend {
  rows: { key: Record<string, string>; requests: number; costUsd: number }[];
  total: { costUsd: number };
}

const words = (line: string) => line.split(" ");
const jsonOf = async (line: string) => JSON.parse((await runCli([...words(line), "--json"])).out) as Spend;
const linesOf = async (line: string, columns: number) =>
  (await runCli(words(line), { columns })).out.split("\n");

describe("rows of spend", () => {
  it("are sorted, reversed and limited, and the total stays that of all", async () => {
    const all = await jsonOf("spend --demo --by day");
    const costs = (await jsonOf("spend --demo --by day --sort cost")).rows.map(({ costUsd }) => costUsd);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    const reversed = await jsonOf("spend --demo --by day --reverse");
    expect(reversed.rows.map(({ key }) => key)).toEqual(all.rows.map(({ key }) => key).toReversed());
    const three = await jsonOf("spend --demo --by day --sort requests --limit 3");
    expect(three.rows.length).toBe(3);
    expect(three.total).toEqual(all.total);
    const { out } = await runCli(words("spend --demo --by day --limit 3"));
    expect(out).toContain(`${all.rows.length - 3} more: --limit ${all.rows.length}`);
  });

  it("can be those of hours, which add up to their days", async () => {
    const zone = "--timezone Asia/Kathmandu";
    const [hours, days] = await Promise.all(
      ["hour", "day"].map((key) => jsonOf(`spend --demo --by ${key} ${zone}`)),
    );
    const byDay = Map.groupBy(hours?.rows ?? [], ({ key }) => (key["hour"] ?? "").slice(0, 10));
    expect([...byDay].map(([day, rows]) => [day, rows.reduce((sum, row) => sum + row.requests, 0)])).toEqual(
      days?.rows.map(({ key, requests }) => [key["day"], requests]),
    );
    expect(hours?.rows[0]?.key["hour"]).toMatch(/^\d{4}-\d\d-\d\d \d\d:00$/);
  });

  it.each(["spend --sort size", "spend --limit 0", "spend --columns size", "blocks --limit 1.5"])(
    "%s is an error that says what is expected",
    async (line) => {
      const { err, exit } = await runCli([...words(line), "--demo"]);
      expect(exit).toBe(2);
      expect(err).toMatch(/^rolecall: --\w+: (unknown|invalid) .+\n {2}Expected /);
    },
  );
});

it.each([
  ["limits --above foo", '--above: invalid number "foo"'],
  ["spend --days=many", '--days: invalid number "many"'],
  ["session --limit none", '--limit: invalid number "none"'],
  ["savings --hours 1 --hourly-rate lots", '--hourly-rate: invalid number "lots"'],
])("%s names what is not a number", async (line, message) => {
  const { err, exit } = await runCli([...words(line), "--demo"]);
  const help = `Try rolecall ${line.split(" ")[0]} --help.`;
  expect([exit, err]).toEqual([2, `rolecall: ${message}\n  Expected a number, such as 30.\n  ${help}\n`]);
});

describe("columns", () => {
  it("that do not fit are named in a last line", async () => {
    const lines = await linesOf("spend --demo --by day,model --since 2026-11-18", 50);
    const header = lines.find((line) => line.startsWith("Day")) ?? "";
    const dropped = /Not shown at 50 columns: ([^(]+)/.exec(lines.join(" "))?.[1] ?? "";
    for (const title of ["Requests", "Input", "Output", "Cache write", "Cache read", "Share"])
      expect([title, header.includes(title) !== dropped.includes(title)]).toEqual([title, true]);
  });

  it("are those asked for, in that order, and the configured ones otherwise", async () => {
    const lines = await linesOf("spend --demo --columns cost,model", 80);
    expect(lines[1]?.trim()).toMatch(/^Cost +Model$/);
    expect(lines.join("\n")).not.toContain("Not shown");
  });

  it("are the few of a narrow table with --compact, which names the others", async () => {
    const lines = await linesOf("spend --demo --compact", 200);
    expect(lines[1]).toMatch(/^Model +Cost$/);
    expect(lines.join("\n")).toContain("Not shown with --compact: Requests, Input");
  });
});

describe("windows and sessions", () => {
  it("are put in order the same way", async () => {
    const blocks = JSON.parse((await runCli(words("blocks --demo --sort newest --limit 2 --json"))).out) as {
      blocks: { startedAt: string }[];
    };
    const times = blocks.blocks.map(({ startedAt }) => startedAt);
    expect(times).toEqual(times.toSorted().reverse());
    expect(times.length).toBe(2);
    const ids = async (line: string) =>
      (JSON.parse((await runCli(words(line))).out) as { sessions: { session: string }[] }).sessions.map(
        ({ session }) => session,
      );
    expect(await ids("sessions --demo --json --reverse")).toEqual(
      (await ids("sessions --demo --json")).toReversed(),
    );
  });
});

describe("what users of ccusage type", () => {
  it.each([
    ["daily --demo", "spend --demo --by day"],
    ["weekly --demo --json", "spend --demo --by week --json"],
    ["monthly --demo --by model", "spend --demo --by month,model"],
    ["session --demo", "sessions --demo"],
    ["blocks --demo --live", "blocks --demo --active"],
  ])("%s is %s", async (typed, meant) => {
    const [own, other] = [await runCli(words(typed)), await runCli(words(meant))];
    expect(own).toEqual(other);
    expect(own.exit).toBe(0);
  });

  it.each([
    ["dayly", "Try rolecall daily"],
    ["limts", "Try rolecall limits"],
    ["trial", "Try rolecall impact"],
    ["cost", "Try rolecall spend"],
    ["revert", "Try rolecall undo"],
    ["spend --colums cost", "--columns"],
  ])("%s gets what was meant", async (typed, hint) => {
    const { err, exit } = await runCli(words(typed));
    expect(exit).toBe(2);
    expect(err).toContain(hint);
  });
});
