import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";

let api: ScriptedApi;
let db: string;
beforeAll(async () => {
  api = await startScriptedApi({ keepBodies: true });
});
afterAll(() => api.stop());
beforeEach(() => {
  db = join(mkdtempSync(join(tmpdir(), "rolecall-run-")), "rolecall.db");
  api.requests.length = 0;
  api.setRules([]);
});

const rolecall = (argv: readonly string[], stdin = "", env: NodeJS.ProcessEnv = {}) =>
  runCli(argv, {
    env: { ROLECALL_DB: db, ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: "made-up", ...env },
    cwd: tmpdir(),
    now: Date.now(),
    columns: 80,
    stdin,
  });

const breakersOf = ({ out }: { out: string }): unknown => (JSON.parse(out) as { breakers: unknown }).breakers;

describe("rolecall run", () => {
  it("prints the answer, and on stderr where it went and what it cost", async () => {
    const { exit, out, err } = await rolecall(["run", "--task", "code_review", "Look at this"]);
    expect([exit, out]).toEqual([0, "Done.\n"]);
    expect(err).toContain(`sending to ${new URL(api.url).host}: Sonnet 5.5`);
    expect(err).toMatch(/Sonnet 5\.5 · 1 attempt · .+ · \$0\.0012\n/);
  });

  it("reads the prompt from stdin for -, and takes numbers as text", async () => {
    await rolecall(["run", "--task", "t", "-"], "from a pipe");
    await rolecall(["run", "--task", "t", "007"]);
    expect(api.requests.map(({ prompt }) => prompt)).toEqual(["from a pipe", "007"]);
  });

  it("goes up where the answer does not fit the schema", async () => {
    const schema = join(tmpdir(), `rolecall-schema-${process.pid}.json`);
    writeFileSync(schema, '{"type": "object", "required": ["total"]}');
    api.setRules([
      { name: "poor", when: { model: "haiku" }, reply: { blocks: [{ text: "{}" }] } },
      { name: "good", reply: { blocks: [{ text: '{"total": 3}' }] } },
    ]);
    const argv = ["run", "--task", "extract", "--policy", "haiku-cascade", "--schema", schema, "x"];
    const { exit, out, err } = await rolecall(argv);
    expect([exit, out]).toEqual([0, '{"total": 3}\n']);
    expect(err).toContain("escalation: Sonnet 5.5");
  });

  it("exits 1 where there is no answer, with every attempt in the JSON", async () => {
    api.setRules([
      { name: "no", reply: { status: 401, error: { type: "authentication_error", message: "no" } } },
    ]);
    const { exit, out } = await rolecall(["run", "--task", "t", "--json", "x"]);
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      command: "run",
      answered: false,
      reason: "failed",
      attempts: [{ status: 401, failure: "unauthorized", costUsd: 0 }],
    });
  });

  it("exits 1 without sending where the budget forbids it", async () => {
    const { exit, err } = await rolecall(["run", "--task", "t", "--max-usd", "0.0001", "x"]);
    expect([exit, api.requests.length]).toEqual([1, 0]);
    expect(err).toContain("Try a higher budget, a lower limit for the answer, or a cheaper model.");
  });

  it("lets no escape sequence of an answer reach the terminal", async () => {
    api.setRules([{ name: "evil", reply: { blocks: [{ text: "\u001b]0;gone\u0007text" }] } }]);
    expect((await rolecall(["run", "--task", "t", "x"])).out).not.toContain("\u001b");
  });

  for (const [what, argv, hint] of [
    ["no prompt", ["run", "--task", "t"], "no prompt"],
    ["an unknown policy", ["run", "--task", "t", "--policy", "BEST", "x"], "Expected one of SONNET_TO_OPUS"],
    ["an invalid effort", ["run", "--task", "t", "--effort", "hihg", "x"], "Expected one of low"],
    [
      "a language without a parser",
      ["run", "--task", "t", "--syntax", "cobol", "x"],
      "Expected one of typescript",
    ],
    ["an invalid pattern", ["run", "--task", "t", "--match", "(", "x"], "invalid regular expression"],
    [
      "a budget that is no number",
      ["run", "--task", "t", "--max-usd", "much", "x"],
      '--max-usd: invalid number "much"',
    ],
    [
      "a room that is no number",
      ["run", "--task", "t", "--max-tokens", "0", "x"],
      "invalid number of tokens",
    ],
    ["a schema that is not there", ["run", "--task", "t", "--schema", "/nowhere.json", "x"], "/nowhere.json"],
  ] as const)
    it(`exits 2 for ${what}, and sends nothing`, async () => {
      const { exit, err } = await rolecall(argv);
      expect([exit, api.requests.length]).toEqual([2, 0]);
      expect(err).toContain(hint);
    });

  it("exits 2 without a key", async () => {
    const { exit, err } = await rolecall(["run", "--task", "t", "x"], "", { ANTHROPIC_API_KEY: "" });
    expect([exit, err]).toEqual([2, expect.stringContaining("ANTHROPIC_API_KEY")]);
  });
});

describe("rolecall telemetry", () => {
  it("says that there is nothing yet", async () =>
    expect((await rolecall(["telemetry"])).out).toMatch(
      /^Last 30 days: .+ \(.+\)\nNo attempts yet\. Try rolecall run --help\.\n$/,
    ));

  it("suggests a longer period if that has attempts", async () => {
    await rolecall(["run", "--task", "t", "x"]);
    expect((await rolecall(["telemetry", "--until", "2020-01-01"])).out).toContain(
      "No attempts in this period. Try --all instead of --until.\n",
    );
  });

  it("counts runs, models, savings and breakers", async () => {
    await rolecall(["run", "--task", "t", "x"]);
    const { out } = await rolecall(["telemetry", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      command: "telemetry",
      runs: 1,
      answered: 1,
      // 12 tokens of prompt and 120 of answer: $2/$10 on Sonnet 5.5, $4/$20 on Opus 5.5.
      actualUsd: 0.001224,
      alwaysOpusUsd: 0.002448,
      savingsPercent: 50,
      tiers: [{ tier: "sonnet", started: 1, accepted: 1, verdict: "too-few" }],
    });
  });

  it("fits into 80 columns", async () => {
    await rolecall(["run", "--task", "t", "x"]);
    const { out } = await rolecall(["telemetry"]);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("1 of 1 runs answered");
    expect(out).toMatch(/^Latency: median \d+ms, 95% within \d+ms\.$/m);
  });

  it("gives every attempt as a row of CSV", async () => {
    await rolecall(["run", "--task", "t,x", "x"]);
    const [header, row] = (await rolecall(["telemetry", "--csv"])).out.split("\r\n");
    expect(header?.split(",").slice(0, 5)).toEqual(["at", "run", "index", "source", "task_type"]);
    expect(row).toContain('"t,x",SONNET_TO_OPUS,first,anthropic,claude-sonnet-5-5');
  });

  it("shows an open breaker, and closes it on request", async () => {
    api.setRules([
      { name: "down", when: { model: "sonnet" }, reply: { status: 503, headers: { "retry-after-ms": "1" } } },
    ]);
    for (let run = 0; run < 3; run++) await rolecall(["run", "--task", "t", "x"]);
    const sonnet = { key: "anthropic/claude-sonnet-5-5" };
    expect(breakersOf(await rolecall(["telemetry", "--json"]))).toMatchObject([{ ...sonnet, state: "open" }]);
    expect((await rolecall(["telemetry"])).out).toContain("open");
    const closed = await rolecall(["telemetry", "--json", "--reset", "anthropic/claude-sonnet-5-5"]);
    expect(breakersOf(closed)).toMatchObject([{ ...sonnet, state: "closed" }]);
    const misspelt = await rolecall(["telemetry", "--reset", "anthropic/claude-sonet-5-5"]);
    expect([misspelt.exit, misspelt.err]).toEqual([
      2,
      expect.stringContaining("Try anthropic/claude-sonnet-5-5."),
    ]);
  });
});
