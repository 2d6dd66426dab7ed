import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const REPORTS = [
  "overview",
  "spend",
  "sessions",
  "session fdf0f4ae",
  "blocks",
  "agents",
  "fallbacks",
  "savings",
  "patterns",
  "recommend",
  "impact",
];

it.each(REPORTS)("rolecall %s --csv answers with a header and rows of as many cells", async (report) => {
  const { out, exit } = await runCli([...report.split(" "), "--demo", "--csv"]);
  const [header = "", ...rows] = out.trimEnd().split("\r\n");
  expect(exit).toBe(0);
  expect(header).toMatch(/^[a-zA-Z0-9]+(?:,[a-zA-Z0-9]+)+$/);
  for (const row of rows.map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, "cell")))
    expect(row.split(",")).toHaveLength(header.split(",").length);
});

it.each([
  ["--since 2026-11-30 --until 2026-11-01", "--until: 2026-11-01 is before 2026-11-30, the first day"],
  ["--days abc", "--days is no number of days"],
  ["--days 0", "--days is no number of days"],
  ["--days -3", "--days is no number of days"],
])("fallbacks %s is a mistake that is named for what it is", async (options, said) => {
  const { err, exit } = await runCli(["fallbacks", "--demo", ...options.split(" ")]);
  expect({ err: err.split("\n")[0], exit }).toEqual({ err: `rolecall: ${said}`, exit: 2 });
});
