import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const REPORTS = [
  "overview --demo",
  "spend --demo --by day,model",
  "sessions --demo",
  "session fdf0f4ae --demo",
  "blocks --demo",
  "agents --demo",
  "roles --demo",
  "fallbacks --demo",
  "savings --demo",
  "patterns --demo",
  "recommend --demo",
  "impact --demo",
  "models",
];

it.each(REPORTS)("rolecall %s --csv answers with a header and rows of as many cells", async (report) => {
  const { out, exit } = await runCli([...report.split(" "), "--csv"]);
  const [header = "", ...rows] = out.trimEnd().split("\r\n");
  expect(exit).toBe(0);
  expect(header).toMatch(/^[a-zA-Z0-9]+(?:,[a-zA-Z0-9]+)+$/);
  for (const row of rows.map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, "cell")))
    expect(row.split(",")).toHaveLength(header.split(",").length);
});

it("CSV holds the same values as JSON", async () => {
  const line = ["spend", "--demo", "--by", "model"];
  const { rows } = JSON.parse((await runCli([...line, "--json"])).out) as {
    rows: { key: { model: string }; requests: number; costUsd: number }[];
  };
  const csv = (await runCli([...line, "--csv"])).out.trimEnd().split("\r\n").slice(1);
  expect(csv.map((row) => row.split(",")).map((cells) => [cells[0], cells[1], cells.at(-1)])).toEqual(
    rows.map(({ key, requests, costUsd }) => [key.model, String(requests), String(costUsd)]),
  );
});

it.each([
  ["--since 2026-11-30 --until 2026-11-01", '--until: day before the first one "2026-11-01"'],
  ["--days abc", '--days: invalid number "abc"'],
  ["--days 0", '--days: invalid number of days "0"'],
  ["--days -3", '--days: invalid number of days "-3"'],
])("fallbacks %s is a mistake that is named for what it is", async (options, said) => {
  const { err, exit } = await runCli(["fallbacks", "--demo", ...options.split(" ")]);
  expect({ err: err.split("\n")[0], exit }).toEqual({ err: `rolecall: ${said}`, exit: 2 });
});

it("a period after the newest request is said, whatever the report", async () => {
  for (const report of ["spend", "overview", "fallbacks", "savings"]) {
    const { err } = await runCli([report, "--demo", "--since", "2036-01-01"]);
    expect(err).toMatch(/all requests are older than this period; the newest is from \d{4}-\d\d-\d\d/);
  }
  expect((await runCli(["spend", "--demo", "--since", "365d"])).err).not.toContain("older than");
});
