import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MCP_TOOLS } from "../../src/cli/mcp/tools.ts";
import { VERSION } from "../../src/cli/version.ts";
import { clientEnv, installClient, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";
import { callEach, sentBy } from "./calls.ts";

const PLUGIN = join(import.meta.dirname, "../../plugin");
const NEWEST = "2.1.332";

let sandbox: Sandbox;
let api: ScriptedApi;
beforeEach(async () => {
  api = await startScriptedApi({ keepBodies: true });
  sandbox = makeSandbox({
    "rolecall.yaml": "generate: none\nroles:\n  implementer: { tier: haiku, agents: [general-purpose] }\n",
  });
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

/** Runs a command of the client that manages plugins. */
async function claude(version: string, ...args: string[]): Promise<string> {
  const env = clientEnv(sandbox, api);
  const { stdout } = await promisify(execFile)(await installClient(version), args, {
    cwd: sandbox.project,
    env,
  });
  return stdout;
}

async function install(version: string): Promise<void> {
  await claude(version, "plugin", "marketplace", "add", PLUGIN);
  await claude(version, "plugin", "install", "rolecall@rolecall");
}

const settings = (): { enabledPlugins?: object } =>
  JSON.parse(readFileSync(join(sandbox.configDir, "settings.json"), "utf8")) as { enabledPlugins?: object };

/** A model that looks for the tool and calls it. */
const CALLS_SPEND: readonly Rule[] = [
  { name: "end", when: { kind: "main", tool: "mcp__plugin_rolecall_rolecall__spend" }, reply: {} },
  {
    name: "call",
    when: { kind: "main", tool: "ToolSearch" },
    reply: { blocks: [{ tool: "mcp__plugin_rolecall_rolecall__spend", input: { by: "day" } }] },
  },
  {
    name: "search",
    when: { kind: "main" },
    reply: { blocks: [{ tool: "ToolSearch", input: { query: "rolecall", max_results: 20 } }] },
  },
];

describe.each(["2.1.329", NEWEST])("the plugin in client %s", (version) => {
  it("is valid, and nothing but its icon is missing", async () => {
    const said = await claude(version, "plugin", "validate", PLUGIN);
    expect(said).toContain("Validation passed");
    expect(said).not.toContain("✘");
    expect(said.match(/^ {2}❯ .*(?:MISSING|Unknown field|without quotes)/gm) ?? []).toHaveLength(
      said.includes("ICON_MISSING") ? 1 : 0,
    );
  });

  it("is installed from its folder into a clean configuration, with what the package has, and removed again", async () => {
    await install(version);
    expect(settings().enabledPlugins).toEqual({ "rolecall@rolecall": true });
    const own = (
      JSON.parse(await claude(version, "plugin", "list", "--json")) as { id: string; version: string }[]
    ).find(({ id }) => id === "rolecall@rolecall");
    expect(own).toMatchObject({ version: VERSION, enabled: true });
    const details = await claude(version, "plugin", "details", "rolecall");
    expect(details).toMatch(/Skills \(3\)\s+advise, spend, why/);
    expect(details).toMatch(/Hooks \(7\)/);
    expect(await claude(version, "mcp", "list")).toMatch(/plugin:rolecall:rolecall: .* Connected/);
    await claude(version, "plugin", "uninstall", "rolecall@rolecall");
    expect(settings().enabledPlugins ?? {}).toEqual({});
  });

  it("gives /rolecall:spend to the user, with the tool it names", async () => {
    await install(version);
    api.setRules(CALLS_SPEND);
    const { result } = await runClient(sandbox, api, { prompt: "/rolecall:spend by day", version });
    expect(result.permission_denials).toEqual([]);
    const sent = JSON.stringify(api.requests[0]?.body?.messages);
    expect(sent).toContain("Call the tool `mcp__plugin_rolecall_rolecall__spend`");
    expect(sent).toContain("The user asks for: by day");
    const all = JSON.stringify(api.requests.map(({ body }) => body?.messages));
    expect(MCP_TOOLS.filter(({ name }) => !all.includes(`mcp__plugin_rolecall_rolecall__${name}`))).toEqual(
      [],
    );
    const results = api.requests.flatMap((request) => request.results);
    expect(results.find(({ tool }) => tool.endsWith("__spend"))).toMatchObject({ isError: false });
  });

  it("applies the policy to agent calls from the second session on, and says why", async () => {
    await install(version);
    const states = join(sandbox.home, ".local/state/rolecall/states");
    await runClient(sandbox, api, { prompt: "Hello", version });
    for (let tries = 0; tries < 300 && !(existsSync(states) && readdirSync(states).length === 2); tries++)
      await sleep(100);
    api.setRules(callEach(["general-purpose"]));
    await runClient(sandbox, api, { prompt: "Go.", args: ["--model", "opus"], version });
    expect(sentBy(api)).toMatchObject({
      main: expect.stringContaining("opus") as string,
      "general-purpose": expect.stringContaining("haiku") as string,
    });
    const env = clientEnv(sandbox, api);
    const log = await startRolecall(["hooks", "log"], { cwd: sandbox.project, env }).ended;
    expect(log.stdout).toMatch(/general-purpose.*haiku/);
  });
});
