import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/store.md"), "utf8");
const QUERIES = (/```sql\n(.*?)```/s.exec(PAGE)?.[1] ?? "")
  .split(/^-- \d+\. /m)
  .slice(1)
  .map((text) => ({ title: text.split("\n", 1)[0] ?? "", sql: text.slice(text.indexOf("\n")).trim() }));

const json = async (sql: string) => {
  const { out, exit, err } = await runCli(["sql", "--demo", "--json", sql]);
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  return JSON.parse(out) as { columns: string[]; rows: (string | number | null)[][] };
};

describe("rolecall sql", () => {
  it("docs/store.md has ten queries", () => expect(QUERIES).toHaveLength(10));

  it.each(QUERIES)("$title: the query of docs/store.md has rows", async ({ sql }) => {
    const { columns, rows } = await json(sql.replace(/;$/, ""));
    expect(columns.length).toBeGreaterThan(1);
    expect(rows.length).toBeGreaterThan(0);
  });

  it("requests add up to what spend prints", async () => {
    const [[usd]] = (await json("SELECT sum(cost_usd) FROM requests")).rows as [[number]];
    const spend = JSON.parse((await runCli(["spend", "--demo", "--json"])).out) as {
      total: { costUsd: number };
    };
    expect(usd).toBeCloseTo(spend.total.costUsd, 9);
  });

  it.each([
    ["DELETE FROM request", "not a query that returns rows"],
    ["SELECT nonsense FROM requests", "no such column: nonsense"],
    ["CREATE TABLE mine (a)", "not a query that returns rows"],
    ["PRAGMA user_version = 9", "not a query that returns rows"],
    ["INSERT INTO meta VALUES ('a', 1) RETURNING key", "not a query that returns rows"],
    ["", "no query"],
  ])("refuses %j", async (sql, problem) => {
    const { exit, err } = await runCli(["sql", "--demo", sql]);
    expect(exit).toBe(2);
    expect(err).toContain(problem);
  });

  it("prints a table, and CSV with a header", async () => {
    const sql = "SELECT model, count(*) AS requests FROM requests GROUP BY 1 ORDER BY 2 DESC";
    const table = (await runCli(["sql", "--demo", sql])).out;
    expect(table.split("\n")[0]).toMatch(/^model +requests$/);
    const csv = (await runCli(["sql", "--demo", "--csv", sql])).out;
    expect(csv.startsWith("model,requests\r\nclaude-")).toBe(true);
  });
});
