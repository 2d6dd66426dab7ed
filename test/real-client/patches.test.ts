import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyChanges, undoLast } from "../../src/agents/apply.ts";
import { planPatch } from "../../src/agents/plan-patch.ts";
import { type ChangePlan, planPatches } from "../../src/agents/plan-change.ts";
import { planRevert, revertWrites } from "../../src/agents/revert-change.ts";
import type { AdvicePatch } from "../../src/domain/recommendation.ts";
import type { Patch } from "../../src/domain/simulation.ts";
import {
  CLIENT_VERSION,
  clientEnv,
  makeSandbox,
  runClient,
  type Sandbox,
  transcriptsOf,
} from "../helpers/real-client.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { callEach, sentBy, twoHoursAgo } from "./calls.ts";

const AT = Date.parse("2026-11-20T10:00:00Z");
const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const DEV = "---\nname: dev\ndescription: Writes code\n---\nWrite.\n";
const SKILL = (name: string) => `---\nname: ${name}\ndescription: The ${name} skill\n---\nDo ${name}.\n`;

let sandbox: Sandbox;
let api: ScriptedApi;

beforeEach(async () => {
  api = await startScriptedApi({ keepBodies: true });
  const server = { command: process.execPath, args: [BIN, "mcp", "--demo"] };
  sandbox = makeSandbox({
    ".mcp.json": JSON.stringify({ mcpServers: { shop: server, wiki: server } }),
    ".claude/agents/dev.md": DEV,
    ".claude/skills/lint/SKILL.md": SKILL("lint"),
    ".claude/skills/deploy/SKILL.md": SKILL("deploy"),
    "CLAUDE.md": "# Notes\n",
  });
  writeFileSync(
    join(sandbox.configDir, "settings.json"),
    '{\n  "enableAllProjectMcpServers": true,\n  "permissions": { "deny": ["WebFetch"] }\n}\n',
  );
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

const place = () => ({ cwd: sandbox.project, env: clientEnv(sandbox, api) });

/** Files that the client reads; its own state and transcripts are left out. */
const files = () => ({
  project: readdirSync(sandbox.project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(sandbox.project, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith(".git/") && !path.includes("rolecall-undo"))
    .map((path) => [path, readFileSync(join(sandbox.project, path), "utf8")]),
  settings: readFileSync(join(sandbox.configDir, "settings.json"), "utf8"),
  memory: existsSync(join(sandbox.configDir, "CLAUDE.md")),
});

async function apply(...patches: Patch[]): Promise<ChangePlan> {
  const plan = await planPatches(place(), patches);
  applyChanges(plan.target, plan.changes, new Date(AT));
  return plan;
}

function revert({ target, writes }: ChangePlan): void {
  const moment = new Date(AT).toISOString();
  revertWrites(target, moment, planRevert(target, moment, writes), new Date(AT + 1000));
}

/** Applies what a trial writes; returns a function that reverts it. */
async function tryOut(patch: AdvicePatch): Promise<() => void> {
  const { target, changes } = await planPatch(place(), patch);
  expect(changes.length).toBeGreaterThan(0);
  applyChanges(target, changes, new Date(AT));
  return () => undoLast(target, new Date(AT).toISOString());
}

/** Runs one session; returns all that was sent in it. */
async function sent(version = CLIENT_VERSION): Promise<string> {
  api.requests.length = 0;
  api.setRules([
    { name: "end", when: { kind: "main", tool: "ToolSearch" }, reply: {} },
    // Servers are still starting at the first request: ToolSearch waits for them.
    {
      name: "search",
      when: { kind: "main" },
      times: 1,
      reply: { blocks: [{ tool: "ToolSearch", input: { query: "spend", max_results: 20 } }] },
    },
  ]);
  await runClient(sandbox, api, { prompt: "Hello", args: ["--model", "sonnet"], version });
  return JSON.stringify(api.requests.filter(({ kind }) => kind === "main").map(({ body }) => body));
}

/** Returns which skills and servers a text lists. */
const listed = (text: string) =>
  ["The lint skill", "The deploy skill", "mcp__shop__", "mcp__wiki__"].map((name) => text.includes(name));

/** Runs a session that calls agents; returns the model that each ran on. */
async function models(agents: readonly string[], args: readonly string[] = ["--model", "opus"]) {
  api.requests.length = 0;
  api.setRules(callEach(agents));
  await runClient(sandbox, api, { prompt: "Call them", args });
  const wire = sentBy(api);
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [name, value.split(" ")[0]]));
}

describe("what advice writes, kind by kind, in the real client", () => {
  it.each([CLIENT_VERSION, "2.1.332", "2.1.250"])(
    "base-size hides skills and servers, %s",
    async (version) => {
      const before = files();
      expect(listed(await sent(version))).toEqual([true, true, true, true]);
      const plan = await apply({
        type: "settings",
        scope: "user",
        values: {
          skillOverrides: { deploy: "user-invocable-only" },
          permissions: { deny: ["mcp__wiki"] },
        },
      });
      expect(listed(await sent(version))).toEqual([true, false, true, false]);
      revert(plan);
      expect(files()).toEqual(before);
      expect(listed(await sent(version))).toEqual([true, true, true, true]);
    },
  );

  it("main-model and newer-model put the session on another model", async () => {
    const before = files();
    const patches: [AdvicePatch, string][] = [
      [{ settings: { model: "opusplan" } }, "claude-sonnet-5-5"],
      [{ settings: { model: "opus" } }, "claude-opus-5-5"],
    ];
    for (const [patch, model] of patches) {
      const putBack = await tryOut(patch);
      expect((await models([], []))["main"]).toBe(model);
      putBack();
      expect(files()).toEqual(before);
    }
  });

  it("opusplan plans on the model that the advice names", async () => {
    await tryOut({
      settings: { model: "opusplan", "env/ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-fable-5-2" },
    });
    expect((await models([], ["--permission-mode", "plan"]))["main"]).toBe("claude-fable-5-2");
    expect((await models([], []))["main"]).toBe("claude-sonnet-5-5");
  });

  it("agent-model runs an agent on Sonnet", async () => {
    const before = files();
    expect((await models(["dev"]))["dev"]).toBe("claude-opus-5-5");
    const putBack = await tryOut({ agents: { dev: { model: "sonnet" } } });
    expect(await models(["dev"])).toMatchObject({ main: "claude-opus-5-5", dev: "claude-sonnet-5-5" });
    putBack();
    expect(files()).toEqual(before);
  });

  it("explore-agent explores on Haiku, and tells the model to", async () => {
    const before = files();
    const plan = await apply(
      { type: "agent", name: "Explore", values: { model: "haiku" } },
      { type: "memory", scope: "user", text: "To find something out, use the Explore agent." },
    );
    expect((await models(["Explore"]))["Explore"]).toMatch(/haiku/);
    expect((await sent()).includes("To find something out, use the Explore agent.")).toBe(true);
    revert(plan);
    expect(files()).toEqual(before);
    expect((await sent()).includes("To find something out")).toBe(false);
  });

  it("avoid-loss sets the permission mode from the start", async () => {
    const before = files();
    const modes = () =>
      transcriptsOf(sandbox).map((path) => /"permissionMode":"(\w+)"/.exec(readFileSync(path, "utf8"))?.[1]);
    const plan = await apply({
      type: "settings",
      scope: "user",
      values: { permissions: { defaultMode: "plan" } },
    });
    api.setRules([]);
    await runClient(sandbox, api, { prompt: "Hello", args: ["--model", "sonnet"], ownMode: true });
    expect(modes()).toEqual(["plan"]);
    revert(plan);
    expect(files()).toEqual(before);
    await runClient(sandbox, api, { prompt: "Hello", args: ["--model", "sonnet"], ownMode: true });
    expect(modes().filter((mode) => mode === "plan")).toHaveLength(1);
  });

  it("avoid-loss puts a price tag on a session that is resumed", async () => {
    const bin = join(sandbox.root, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "rolecall"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
    chmodSync(join(bin, "rolecall"), 0o755);
    const env = { PATH: `${bin}${delimiter}${process.env["PATH"]}` };
    api.setRules([
      { name: "answer", when: {}, reply: { usage: { input_tokens: 300_000, output_tokens: 20 } } },
    ]);
    const before = files();
    const command = "rolecall hook SessionStart --above 0.50 --requests 8";
    const plan = await apply({ type: "hook", event: "SessionStart", command });
    const first = await runClient(sandbox, api, { prompt: "Hello", args: ["--model", "sonnet"], env });
    const text = () =>
      transcriptsOf(sandbox)
        .map((path) => readFileSync(path, "utf8"))
        .join("");
    expect(text().includes("Cold cache")).toBe(false);
    for (const path of transcriptsOf(sandbox)) writeFileSync(path, twoHoursAgo(readFileSync(path, "utf8")));
    const resumed = ["--model", "sonnet", "--resume", first.result.session_id];
    await runClient(sandbox, api, { prompt: "Go on", args: resumed, env });
    expect(/Cold cache, 300K tokens: about \$\d+\.\d\d to go on/.test(text())).toBe(true);
    revert(plan);
    expect(files()).toEqual(before);
  });
});
