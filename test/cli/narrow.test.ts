import { expect, it } from "vitest";
import { visibleWidth } from "../../src/render/table.ts";
import { runCli } from "../helpers/run-cli.ts";

const REPORTS = [
  "overview",
  "spend",
  "spend --by day,model",
  "spend --by branch",
  "session",
  "session fdf0f4ae",
  "session fdf0f4ae --goals",
  "why",
  "why fdf0f4ae",
  "why --by tool",
  "roles",
  "roles --agents",
  "fallbacks --explain",
  "savings --explain",
  "savings --what-if reviewer=haiku",
  "patterns",
  "limits",
  "limits --windows",
  "impact",
  "route x",
];

it.each(REPORTS)("%s fits 40 columns: columns go before the lines of a table break", async (report) => {
  const { out } = await runCli([...report.split(" "), "--demo"], { columns: 40 });
  expect(out.split("\n").filter((line) => visibleWidth(line) > 40)).toEqual([]);
});

it.each(["models", "telemetry", "explain main", "doctor"])("%s fits 40 columns", async (command) => {
  const { out } = await runCli(command.split(" "), { columns: 40 });
  expect(out.split("\n").filter((line) => visibleWidth(line) > 40)).toEqual([]);
});

it("puts what advice is worth below its title where both do not fit", async () => {
  const { out } = await runCli(["overview", "--demo"], { columns: 40 });
  expect(out).toContain("  try    main session: Opus 5.5 medium …\n         saves about $8.96 a month\n");
});
