import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { MOST_BYTES } from "../../src/cli/mcp/fit.ts";
import { MCP_TOOLS } from "../../src/cli/mcp/tools.ts";
import { clientEnv, installPackage, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";

const INSPECTOR = "2.12.0";
const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const SERVER = [process.execPath, BIN, "mcp", "--demo"] as const;

let sandbox: Sandbox | undefined;
let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.stop();
  sandbox?.remove();
  [api, sandbox] = [undefined, undefined];
});

/** Runs the inspector's command line against the server. */
async function inspect(...args: string[]): Promise<{ exitCode: number; stdout: string }> {
  const folder = await installPackage("@modelcontextprotocol/inspector", INSPECTOR);
  const inspector = join(
    folder,
    "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
  );
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [inspector, "--cli", ...SERVER, ...args]);
    return { exitCode: 0, stdout };
  } catch (thrown) {
    const { code, stdout } = thrown as { code: number; stdout: string };
    return { exitCode: code, stdout };
  }
}

describe("the official inspector's command line", () => {
  it("lists every tool", async () => {
    const { stdout } = await inspect("--method", "tools/list");
    const { tools } = JSON.parse(stdout) as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(MCP_TOOLS.map(({ name }) => name));
  });

  it.each(MCP_TOOLS.map(({ name }) => name))("calls %s", async (name) => {
    const args = name === "explain" ? ["--tool-arg", "name=main"] : ["--tool-arg", "since=7d"];
    const { exitCode, stdout } = await inspect("--method", "tools/call", "--tool-name", name, ...args);
    expect(exitCode).toBe(0);
    const { structuredContent } = JSON.parse(stdout) as { structuredContent: { more: { command: string } } };
    expect(structuredContent.more.command).toMatch(/^rolecall /);
  });

  it("is told what is wrong with an argument", async () => {
    const call = ["--method", "tools/call", "--tool-name", "spend", "--tool-arg", "since=tuesday"];
    const { exitCode, stdout } = await inspect(...call);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain('invalid date \\"tuesday\\"');
  });
});

describe("the real client", () => {
  it.each(["2.1.329", "2.1.332"])(
    "%s starts what init --mcp registered, offers the tools to the model and hands it the answer",
    async (version) => {
      sandbox = makeSandbox();
      api = await startScriptedApi({
        keepBodies: true,
        // The server is still starting when the first request is sent: ToolSearch waits for it.
        rules: [
          { name: "end", when: { kind: "main", tool: "mcp__rolecall__spend" }, reply: {} },
          {
            name: "call",
            when: { kind: "main", tool: "ToolSearch" },
            reply: { blocks: [{ tool: "mcp__rolecall__spend", input: { since: "7d" } }] },
          },
          {
            name: "search",
            when: { kind: "main" },
            reply: { blocks: [{ tool: "ToolSearch", input: { query: "rolecall", max_results: 20 } }] },
          },
        ],
      });
      const env = clientEnv(sandbox, api);
      const init = startRolecall(["init", "--mcp", "--yes"], { cwd: sandbox.project, env });
      expect(await init.ended).toMatchObject({ exitCode: 0 });
      const { result } = await runClient(sandbox, api, {
        prompt: "What did the week cost?",
        args: ["--allowedTools", "mcp__rolecall"],
        version,
      });
      expect(result.permission_denials).toEqual([]);
      const results = api.requests.flatMap((request) => request.results);
      const offered = JSON.stringify(api.requests.map(({ body }) => body?.messages));
      expect(MCP_TOOLS.filter(({ name }) => !offered.includes(`mcp__rolecall__${name}`))).toEqual([]);
      const answer = results.find(({ tool }) => tool === "mcp__rolecall__spend");
      expect(answer?.isError).toBe(false);
      expect(answer?.text.length).toBeLessThanOrEqual(MOST_BYTES);
      expect(answer?.text).toContain("rolecall spend --by model --since 7d");
      expect(answer?.text).toMatch(/"costUsd":\d/);
      expect(await startRolecall(["undo", "--yes"], { cwd: sandbox.project, env }).ended).toMatchObject({
        exitCode: 0,
      });
      expect(existsSync(join(sandbox.project, ".mcp.json"))).toBe(false);
    },
  );
});
