import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PLUGIN, pluginFiles } from "../scripts/make-plugin.ts";
import { VERSION } from "../src/cli/version.ts";
import { HOOK_EVENTS } from "../src/operations/init-parts.ts";
import { runCli } from "./helpers/run-cli.ts";

const ROOT = join(import.meta.dirname, "..");
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

describe("the plugin", () => {
  it("is what npm run build:plugin makes of its templates", () => {
    const onDisk = readdirSync(PLUGIN, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const files = pluginFiles();
    expect(onDisk).toHaveLength(files.size);
    for (const [path, text] of files) expect(readFileSync(join(PLUGIN, path), "utf8")).toBe(text);
  });

  it("has the version of the package, which ships it", () => {
    expect(readJson("plugin/.claude-plugin/plugin.json")).toMatchObject({
      name: "rolecall",
      version: VERSION,
    });
    const { files } = readJson("package.json") as { files: string[] };
    expect(files).toContain("plugin");
  });

  it("has a hook for every event that init --hooks installs", () => {
    const { hooks } = readJson("plugin/hooks/hooks.json") as {
      hooks: Record<string, { matcher?: string }[]>;
    };
    const installed = Object.entries(hooks).map(([event, [entry]]) => [event, entry?.matcher]);
    expect(installed).toEqual(HOOK_EVENTS.map(([event, matcher]) => [event, matcher]));
  });
});

describe("the plugin's hooks", () => {
  it("stay silent where settings have hooks as well: a failure would count twice", async () => {
    const home = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-plugin-")));
    const cwd = join(home, "shop-api");
    execFileSync("git", ["init", "-q", cwd]);
    writeFileSync(
      join(cwd, "rolecall.yaml"),
      "generate: none\nroles:\n  implementer: { tier: haiku, agents: [general-purpose] }\n",
    );
    const env: Record<string, string> = { HOME: home, CLAUDE_CONFIG_DIR: join(home, ".claude") };
    for (const name of ["XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"]) env[name] = join(home, name);
    const input = { prompt: "Work.", description: "Work", subagent_type: "general-purpose" };
    const stdin = JSON.stringify({
      session_id: "s",
      prompt_id: "p",
      cwd,
      tool_name: "Agent",
      tool_input: input,
    });
    await runCli(["init", "--hooks", "--yes"], { env, cwd });
    const ofSettings = await runCli(["hook", "PreToolUse"], { env, cwd, stdin });
    const ofPlugin = await runCli(["hook", "PreToolUse"], {
      env: { ...env, CLAUDE_PLUGIN_ROOT: PLUGIN },
      cwd,
      stdin,
    });
    rmSync(home, { recursive: true, force: true });
    expect(ofSettings.out).toContain('"model":"haiku"');
    expect(ofPlugin).toEqual({ out: "", err: "", exit: 0 });
  });
});

describe("the plugin's start of rolecall", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "rolecall-plugin-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (script: string, args: readonly string[], PATH = folder) =>
    spawnSync(process.execPath, [script, ...args], {
      env: { PATH, HOME: folder },
      input: "{}",
      encoding: "utf8",
    });

  it("is silent in a hook that does not find rolecall, and says so otherwise", () => {
    cpSync(PLUGIN, join(folder, "plugin"), { recursive: true });
    const script = join(folder, "plugin/run.cjs");
    expect(start(script, ["hook", "PreToolUse"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const { status, stdout, stderr } = start(script, ["mcp"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("npm install --global rolecall");
  });

  it.skipIf(process.platform === "win32")("takes the rolecall of the PATH outside of the package", () => {
    cpSync(PLUGIN, join(folder, "plugin"), { recursive: true });
    writeFileSync(join(folder, "rolecall"), '#!/bin/sh\necho "$@"\nexit 2\n', { mode: 0o755 });
    const path = `${folder}:/usr/bin:/bin`;
    const script = join(folder, "plugin/run.cjs");
    expect(start(script, ["hook", "Stop"], path)).toMatchObject({ status: 0, stdout: "hook Stop\n" });
    expect(start(script, ["mcp"], path)).toMatchObject({ status: 2, stdout: "mcp\n" });
  });
});
