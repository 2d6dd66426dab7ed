import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

interface Sum {
  requests: number;
  costUsd: number;
}
interface Spend {
  rows: (Sum & {
    key: Record<string, string>;
    models?: (Sum & { model: string })[];
    title?: string | null;
    project?: string | null;
    projects?: string[];
  })[];
  total: Sum;
}

const run = (line: string, place = {}) => runCli(line.split(" "), place);
const jsonOf = async <T = Spend>(line: string): Promise<T> =>
  JSON.parse((await run(`${line} --demo --json`)).out) as T;
const costOf = (rows: readonly Sum[]) => rows.reduce((sum, { costUsd }) => sum + costUsd, 0);

describe("spend --breakdown", () => {
  it.each(["day", "session", "project", "agent", "category", "branch", "title"])(
    "divides each row by %s between its models",
    async (key) => {
      const plain = await jsonOf(`spend --by ${key}`);
      const { rows, total } = await jsonOf(`spend --by ${key} --breakdown`);
      expect(total).toEqual(plain.total);
      expect(rows).toMatchObject(plain.rows);
      for (const { models = [], costUsd, requests } of rows) {
        expect(costOf(models)).toBeCloseTo(costUsd, 8);
        expect(models.reduce((sum, model) => sum + model.requests, 0)).toBe(requests);
        expect(models.map((one) => one.costUsd)).toEqual(
          models.map((one) => one.costUsd).toSorted((a, b) => b - a),
        );
      }
    },
  );

  it("shows models below their row, sorted and limited by row, and as rows in CSV", async () => {
    const { out } = await run("spend --demo --by day --breakdown --sort cost --limit 1", { columns: 100 });
    expect(out).toMatch(/^2026-11-17 .+\n {2}Opus 5\.5 .+\n {2}Sonnet 5\.5 /m);
    const csv = (await run("spend --demo --by day --breakdown --csv")).out.split("\n");
    expect(csv[0]).toMatch(/^day,model,requests,/);
    expect(csv[1]).toMatch(/^2026-10-23,claude-sonnet-5-5,/);
  });

  it.each([
    ["spend --demo --breakdown", "--by model"],
    ["spend --demo --by day --breakdown --chart", "--chart"],
    ["spend --demo --by day --breakdown --reconcile", "--reconcile"],
  ])("%s is refused", async (line, other) => {
    const { err, exit } = await run(line);
    expect([exit, err.split("\n")[0]]).toEqual([
      2,
      `rolecall: --breakdown: cannot be combined with ${other}`,
    ]);
  });
});

describe("spend --by session and title", () => {
  it("shows title and project of each session as the list of sessions does", async () => {
    const list = await jsonOf<{ sessions: { session: string; title: string | null; project: string }[] }>(
      "session",
    );
    const { rows, total } = await jsonOf("spend --by session");
    const shown = rows.map(({ key, title, project }) => ({ session: key["session"], title, project }));
    for (const { session, title, project } of list.sessions)
      expect(shown).toContainEqual({ session, title, project });
    const titles = await jsonOf("spend --by title");
    expect(costOf(titles.rows)).toBeCloseTo(total.costUsd, 8);
    expect(new Set(titles.rows.map(({ key }) => key["title"]))).toEqual(
      new Set(list.sessions.map(({ title }) => title)),
    );
  });
});

describe("spend by content", () => {
  it.each(["tool", "mcp-server"])("by %s has the rows of why, and the total of spend", async (key) => {
    const why = await jsonOf<{ axes: Record<string, { key: string; usd: number }[]> }>("why");
    const { rows, total } = await jsonOf(`spend --by ${key}`);
    expect(rows.map((row) => [row.key[key], row.costUsd])).toEqual(
      why.axes[key]?.map((row) => [row.key, row.usd]),
    );
    const spend = await jsonOf("spend");
    expect([total.requests, total.costUsd]).toEqual([spend.total.requests, spend.total.costUsd]);
  });

  it("names the MCP server that content came from", async () => {
    const home = writeTree({ "projects/-home-dev-shop/a.jsonl": sessionWithServer() });
    const env = { CLAUDE_CONFIG_DIR: home, ROLECALL_DB: join(home, "store.db") };
    const { out } = await run("spend --by mcp-server --json --all", { env });
    const { rows, total } = JSON.parse(out) as Spend;
    expect(rows.map(({ key }) => key["mcp-server"])).toEqual(
      expect.arrayContaining(["issue_tracker", "none"]),
    );
    expect(rows.find(({ key }) => key["mcp-server"] === "issue_tracker")?.costUsd).toBeGreaterThan(0.01);
    expect(costOf(rows)).toBeCloseTo(total.costUsd, 8);
  });

  it.each([
    ["--by tool,day", "other fields"],
    ["--by tool --role main", "--role"],
    ["--by mcp-server --chart", "--chart"],
  ])("%s is refused", async (words, other) => {
    const { err, exit } = await run(`spend --demo ${words}`);
    expect(exit).toBe(2);
    expect(err).toContain(`cannot be combined with ${other}`);
  });
});

/** A session whose second request carries a long answer of an MCP server. */
function sessionWithServer(): string {
  const common = {
    sessionId: "5e551011-0000-4000-8000-000000000001",
    cwd: "/home/dev/shop",
    version: "2.1.329",
  };
  const call = {
    type: "tool_use",
    id: "toolu_1",
    name: "mcp__issue_tracker__search",
    input: { query: "tax" },
  };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "An issue. ".repeat(4000) };
  const answer = (id: string, content: object[], usage: object, at: string) => ({
    ...common,
    type: "assistant",
    uuid: `${id}-u`,
    requestId: `req_${id}`,
    timestamp: `2026-11-20T10:0${at}:00.000Z`,
    message: {
      id: `msg_${id}`,
      role: "assistant",
      model: "claude-opus-5-5",
      content,
      usage,
      stop_reason: "end_turn",
    },
  });
  const said = (uuid: string, content: unknown, at: string) => ({
    ...common,
    type: "user",
    uuid,
    timestamp: `2026-11-20T10:0${at}:00.000Z`,
    message: { role: "user", content },
  });
  const first = { input_tokens: 10, output_tokens: 60, cache_creation_input_tokens: 20_000 };
  const second = { ...first, cache_creation_input_tokens: 10_000, cache_read_input_tokens: 20_000 };
  return [
    said("u1", "Which issues are about tax?", "0"),
    answer("1", [call], first, "1"),
    said("u2", [result], "2"),
    answer("2", [{ type: "text", text: "Two." }], second, "3"),
  ]
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join("");
}
