import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitAnswer, MOST_BYTES } from "../../src/cli/mcp/fit.ts";
import { MCP_TOOLS } from "../../src/cli/mcp/tools.ts";
import { VERSION } from "../../src/cli/version.ts";
import { runCli } from "../helpers/run-cli.ts";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "src/cli/bin.ts");

/** Calls that go through every tool, and through every breakdown of spend. */
const CALLS: readonly (readonly [string, Record<string, string>])[] = [
  ...["model", "day", "session", "repository", "agent", "role", "complexity", "tool", "skill", "command"].map(
    (by) => ["spend", { by }] as const,
  ),
  ["spend", { since: "2026-11-01", until: "2026-11-10", project: "*it's shop*" }],
  ["why", {}],
  ["why", { session: "2384cf00" }],
  ["fallbacks", {}],
  ["fallbacks", { project: "ledger" }],
  ["recommendations", {}],
  ["limits", {}],
  ["explain", { name: "reviewer" }],
  ["explain", { name: "main", sessionModel: "opusplan", mode: "plan" }],
];

/** How the prompts of the demo begin. */
const PROMPTS = globSync("fixtures/demo/projects/**/*.jsonl", { cwd: ROOT })
  .flatMap((file) => readFileSync(join(ROOT, file), "utf8").split("\n"))
  .flatMap((line) => /"role":"user","content":"((?:[^"\\]|\\.){24,})"/.exec(line)?.[1]?.slice(0, 24) ?? []);

let client: Client;
beforeAll(async () => void (client = await connect(["--demo"])), 30_000);
afterAll(() => client.close());

async function connect(args: readonly string[], mode: "auto" | "legacy" = "auto"): Promise<Client> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined));
  const one = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
  await one.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, "mcp", ...args],
      env: env as Record<string, string>,
    }),
  );
  return one;
}

interface Answered {
  isError?: boolean;
  structuredContent?: Record<string, unknown> & { more: { command: string } };
  content: { text: string }[];
}

async function call(name: string, args: Record<string, unknown>, one = client): Promise<Answered> {
  return (await one.callTool({ name, arguments: args })) as unknown as Answered;
}

function idsOf(list: unknown): string[] {
  return (list as { id: string }[]).map(({ id }) => id);
}

function totalOf({ structuredContent }: Answered): { costUsd: number; requests: number } {
  return structuredContent?.["total"] as { costUsd: number; requests: number };
}

describe("rolecall mcp", () => {
  it("says who it is, and lists its tools as reading only", async () => {
    expect(client.getServerVersion()).toMatchObject({ name: "rolecall", version: VERSION });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(MCP_TOOLS.map(({ name }) => name));
    const periodic = tools.filter(({ name }) => !["explain", "limits"].includes(name));
    for (const { inputSchema } of periodic)
      expect(Object.keys(inputSchema.properties ?? {})).toEqual(
        expect.arrayContaining(["since", "until", "project"]),
      );
    for (const { annotations, inputSchema, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true });
      expect(description).toMatch(/\.$/);
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
    }
  });

  it.each([
    ["auto", "2026-07-28"],
    ["legacy", "2025-11-25"],
  ] as const)("speaks the newest protocol and the initialize handshake (%s)", async (mode, version) => {
    const one = await connect(["--demo"], mode);
    expect(one.getNegotiatedProtocolVersion()).toBe(version);
    const { structuredContent } = await call("explain", { name: "main" }, one);
    expect(structuredContent).toMatchObject({ agent: "main" });
    await one.close();
  });

  it.each(CALLS)(
    "answers %s %j within its size, without the text of a prompt, and names a command that shows more",
    async (name, args) => {
      const { structuredContent: answer, content, isError } = await call(name, args);
      expect(isError).toBeUndefined();
      expect(JSON.parse(content[0]?.text ?? "")).toEqual(answer);
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_BYTES);
      expect(PROMPTS.filter((prompt) => JSON.stringify(answer).includes(prompt))).toEqual([]);
      const [typed, ...words] = wordsOf(answer?.more.command ?? "");
      expect(typed).toBe("rolecall");
      expect(await runCli(words, { columns: 80 })).toMatchObject({ exit: 0 });
    },
  );

  it("knows the prompts that no answer may hold", () => expect(PROMPTS.length).toBeGreaterThan(100));

  it("counts as the commands do", async () => {
    const counted = totalOf(await call("spend", {}));
    const { out } = await runCli(["spend", "--demo", "--since", "30d", "--json"]);
    const { total } = JSON.parse(out) as { total: { costUsd: number; requests: number } };
    expect(counted.requests).toBe(total.requests);
    expect(counted.costUsd).toBeCloseTo(total.costUsd, 3);
    const { structuredContent: advice } = await call("recommendations", {});
    const shown = JSON.parse((await runCli(["recommend", "--demo", "--json"])).out) as {
      recommendations: { id: string }[];
      changes: { id: string }[];
    };
    expect(idsOf(advice?.["recommendations"])).toEqual(idsOf(shown.recommendations));
    expect(idsOf(advice?.["changes"])).toEqual(idsOf(shown.changes));
  });

  it.each([
    ["spend", { since: "tuesday" }, 'since: invalid date "tuesday"\nExpected 2026-11-01, today, '],
    ["spend", { by: "colour" }, 'by: unknown value "colour"\nExpected one of model, family, '],
    ["spend", { sinc: "7d" }, 'spend: unknown argument "sinc"\nTry since.'],
    ["spend", { project: 7 }, 'project: invalid value "7"\nExpected a text'],
    ["spend", { project: "*a".repeat(200) }, "project: invalid value"],
    ["spend", { constructor: "x" }, 'spend: unknown argument "constructor"'],
    [
      "why",
      { session: "zzz" },
      'no session begins with "zzz", and none has it in its title or first prompt\nExpected ',
    ],
    ["explain", {}, 'explain: missing argument "name"\nExpected name: '],
    ["explain", { name: "revewer" }, 'unknown agent or role "revewer"\nExpected one of '],
  ])("%s %j is a clear error", async (name, args, expected) => {
    const { isError, structuredContent, content } = await call(name, args);
    expect(isError).toBe(true);
    expect(structuredContent).toBeUndefined();
    expect(content[0]?.text).toContain(expected);
  });

  it("answers calls that come at once, one after the other", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rolecall-mcp-"));
    const one = await connect(["--claude-dir", join(ROOT, "fixtures/demo"), "--db", join(folder, "a.db")]);
    const all = await Promise.all(
      ["model", "day", "agent", "role"].map((by) => call("spend", { by, since: "2026-01-01" }, one)),
    );
    await one.close();
    rmSync(folder, { recursive: true });
    const costs = all.map((answered) => totalOf(answered).costUsd);
    expect(costs[0]).toBeGreaterThan(30);
    expect(new Set(costs).size).toBe(1);
  });

  it("writes nothing but the protocol to stdout, and ends with its input or a signal", async () => {
    for (const end of ["input", "SIGTERM"] as const) {
      const child = spawn(process.execPath, [BIN, "mcp", "--demo"], { stdio: ["pipe", "pipe", "ignore"] });
      let stdout = "";
      const answered = new Promise<void>((resolve) => {
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          stdout += text;
          if (stdout.includes('"id":2')) resolve();
        });
      });
      child.stdin.write("no JSON at all\n");
      for (const [id, method, params] of [
        [
          1,
          "initialize",
          { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
        ],
        [2, "tools/call", { name: "spend", arguments: {} }],
      ] as const)
        child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      await answered;
      if (end === "input") child.stdin.end();
      else child.kill(end);
      const exit = await new Promise((resolve) => void child.once("close", resolve));
      expect(exit).toBe(0);
      const lines = stdout.trimEnd().split("\n");
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    }
  });
});

describe("an answer that is cut to size", () => {
  it("loses the last items of its largest list, and says how many", () => {
    const rows = Array.from({ length: 500 }, (_, rank) => ({ rank, name: `row ${rank}` }));
    const answer = fitAnswer({ fields: { rows, few: [1, 2, 3] }, command: "rolecall spend" });
    const kept = answer["rows"] as { rank: number }[];
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_BYTES);
    expect(kept.map(({ rank }) => rank)).toEqual(kept.map((_, index) => index));
    expect(answer["few"]).toEqual([1, 2, 3]);
    expect(answer.more.omitted).toEqual({ rows: 500 - kept.length });
    expect(kept.length).toBeGreaterThan(100);
  });

  it("shortens names of any length, and lets no control character through", () => {
    const name = `\u001b[31m${"ж".repeat(5_000)}`;
    const answer = fitAnswer({
      fields: { rows: Array.from({ length: 60 }, () => ({ [name]: name })) },
      command: "rolecall spend",
    });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(MOST_BYTES);
    expect(JSON.stringify(answer)).not.toContain("\\u001b");
    expect((answer["rows"] as unknown[]).length).toBeGreaterThan(2);
  });
});

/** The words of a command line, with the quotes of a POSIX shell taken off. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|\\(')/g,
      (_, quoted: string | undefined, mark: string | undefined) => quoted ?? mark ?? "",
    ),
  );
}
