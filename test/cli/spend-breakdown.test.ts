import { readFileSync } from "node:fs";
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
    calls?: number;
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

  it("shows days when it is given alone", async () => {
    expect(await jsonOf("spend --breakdown")).toMatchObject(await jsonOf("spend --by day --breakdown"));
  });

  it.each([
    ["spend --demo --by model --breakdown", "--by model"],
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
  it.each(["tool", "skill", "mcp-server", "command"])(
    "by %s has the rows of why, and the total of spend",
    async (key) => {
      const why = await jsonOf<{ axes: Record<string, { key: string; usd: number }[]> }>("why");
      const { rows, total } = await jsonOf(`spend --by ${key}`);
      expect(rows.map((row) => [row.key[key], row.costUsd])).toEqual(
        why.axes[key]?.map((row) => [row.key, row.usd]),
      );
      const spend = await jsonOf("spend");
      expect([total.requests, total.costUsd]).toEqual([spend.total.requests, spend.total.costUsd]);
    },
  );

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

  it("names programs and skills, with calls, and adds up to their tools", async () => {
    const { env, file } = withSecrets();
    const spendBy = async (key: string) =>
      (JSON.parse((await run(`spend --by ${key} --json --all`, { env })).out) as Spend).rows.map((row) => ({
        ...row,
        name: row.key[key] ?? "",
      }));
    const [tools, commands, skills] = [
      await spendBy("tool"),
      await spendBy("command"),
      await spendBy("skill"),
    ];
    const own = commands.filter(({ name }) => name !== "none");
    expect(Object.fromEntries(own.map(({ name, calls }) => [name, calls]))).toEqual({
      "npm test": 2,
      "own program": 1,
      "other program": 2,
      curl: 1,
    });
    const shell = tools.filter(({ name }) => name === "Bash");
    expect(Math.round(costOf(own) * 1e9)).toBe(Math.round(costOf(shell) * 1e9));
    expect(shell[0]?.calls).toBe(6);
    expect(skills.map(({ name, calls }) => [name, calls])).toEqual([
      ["none", expect.any(Number)],
      ["review", 1],
    ]);
    expect(skills[1]?.costUsd).toBeGreaterThan(0);
    for (const rows of [tools, commands, skills])
      expect(Math.round(costOf(rows) * 1e9)).toBe(Math.round(costOf(tools) * 1e9));
    expect(readFileSync(file, "latin1").match(/CANARY\w*/g)).toBeNull();
  });

  it("shows calls and labels, and no column that is always empty", async () => {
    const { out } = await run("spend --demo --by tool", { columns: 100 });
    expect(out).toMatch(/^Content +Cost +Share +Calls +Per Call$/m);
    expect(out).not.toMatch(/^[a-z]+(?:_[a-z]+)+ /m);
    const commands = (await run("spend --demo --by command --limit 2", { columns: 100 })).out;
    expect(commands).toMatch(/^No shell command +\$[\d.]+ +[\d.]+%$/m);
    expect(commands).toMatch(/^Total +\$[\d.,]+ +[\d,]+$/m);
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

/** Writes a session with a call of each kind that a name could be a secret in; every request carries all results before it. */
function withSecrets(): { env: NodeJS.ProcessEnv; file: string } {
  const calls: [name: string, input: object][] = [
    "cd /home/dev/CANARY1 && API_KEY=CANARY2 npm test -- CANARY3 | tail",
    "npm test",
    "./CANARY4.sh --key CANARY5",
    "CANARY6 login",
    '"CANARY7 phrase"',
    "curl -H 'Authorization: CANARY8' https://CANARY9.example <<EOF\nCANARY10\nEOF",
  ].map((command) => ["Bash", { command }]);
  calls.push(["Skill", { skill: "review", args: "CANARY11" }]);
  const home = writeTree({ "projects/-home-dev-shop/a.jsonl": sessionWith(calls) });
  const file = join(home, "store.db");
  return { env: { CLAUDE_CONFIG_DIR: home, ROLECALL_DB: file }, file };
}

/** A session whose second request carries a long answer of an MCP server. */
function sessionWithServer(): string {
  return sessionWith([["mcp__issue_tracker__search", { query: "tax" }]]);
}

/** A session with one request for each call; each result is long. */
function sessionWith(calls: readonly [name: string, input: object][]): string {
  const common = {
    sessionId: "5e551011-0000-4000-8000-000000000001",
    cwd: "/home/dev/shop",
    version: "2.1.329",
  };
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
  const text = "An issue. ".repeat(4000);
  const entries = calls.flatMap(([name, input], index) => [
    answer(`${index}`, [{ type: "tool_use", id: `toolu_${index}`, name, input }], usage(index), "1"),
    said(`r${index}`, [{ type: "tool_result", tool_use_id: `toolu_${index}`, content: text }], "2"),
  ]);
  return [
    said("u1", "Which issues are about tax?", "0"),
    ...entries,
    answer("last", [{ type: "text", text: "Two." }], usage(calls.length), "3"),
  ]
    .map((entry) => `${JSON.stringify(entry)}\n`)
    .join("");
}

/** Each request reads what the one before it wrote. */
function usage(index: number): object {
  return {
    input_tokens: 10,
    output_tokens: 60,
    cache_creation_input_tokens: index === 0 ? 20_000 : 10_000,
    cache_read_input_tokens: index === 0 ? 0 : 10_000 + 10_000 * index,
  };
}
