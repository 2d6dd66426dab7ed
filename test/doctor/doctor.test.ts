import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SYMPTOMS, type Symptom, type SymptomCode } from "../../src/domain/symptom.ts";
import { type DoctorReport, hasErrors, runDoctor } from "../../src/doctor/doctor.ts";
import { applyPlan, loadPlan } from "../../src/agents/load-plan.ts";
import { doctorJson, doctorSarif, renderDoctor } from "../../src/render/doctor.ts";
import { createStyle } from "../../src/render/style.ts";
import { installClaude } from "../agents/workspace.ts";
import { agentFile, writeTree } from "../helpers/tree.ts";

type Files = Record<string, string | object>;
const NOW = Date.parse("2026-11-21T12:00:00Z");

function place(files: Files, env: Record<string, string> = {}) {
  const root = writeTree({ "shop/.git/HEAD": "", ...files });
  return {
    cwd: join(root, "shop"),
    env: { CLAUDE_CONFIG_DIR: join(root, "config"), XDG_CONFIG_HOME: join(root, "xdg"), ...env },
  };
}

const examine = (files: Files, env?: Record<string, string>): Promise<DoctorReport> =>
  runDoctor(place(files, env), NOW);

const seen = ({ findings }: DoctorReport) => findings.map(({ code, severity }) => `${severity} ${code}`);

const AGENT = "shop/.claude/agents/a.md";
const SETTINGS = "shop/.claude/settings.json";

describe("what doctor finds", () => {
  const cases: [what: string, expected: string, files: Files, env?: Record<string, string>][] = [
    [
      "FORCE in the environment",
      "error forced-subagent-model",
      {},
      { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" },
    ],
    [
      "FORCE in a settings file",
      "error forced-subagent-model",
      { [SETTINGS]: { env: { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: true } } },
    ],
    ["a locked effort", "error effort-locked", {}, { CLAUDE_CODE_EFFORT_LEVEL: "high" }],
    ["effort switched off", "error effort-locked", {}, { CLAUDE_CODE_EFFORT_LEVEL: "auto" }],
    [
      "a locked effort that is none",
      "warning settings-value-ignored",
      {},
      { CLAUDE_CODE_EFFORT_LEVEL: "banana" },
    ],
    ["a file with a comment", "error settings-void", { [SETTINGS]: '{"model": "opus" // x\n}' }],
    ["a wrong type", "error settings-void", { "config/settings.json": { permissions: { allow: "Bash" } } }],
    ["fallbackModel as a text", "error fallback-model-string", { [SETTINGS]: { fallbackModel: "sonnet" } }],
    [
      "an effort that settings do not take",
      "warning settings-value-ignored",
      { [SETTINGS]: { effortLevel: "max" } },
    ],
    ["a misspelt setting", "warning settings-key-misspelt", { [SETTINGS]: { fallbackModels: ["sonnet"] } }],
    ["an unknown model", "error unknown-model", { [AGENT]: agentFile("a", { model: "gpt-5" }) }],
    [
      "a model with a dot",
      "error unknown-model",
      { [AGENT]: agentFile("a", { model: "claude-sonnet-4.6" }) },
    ],
    ["default as an agent's model", "error unknown-model", { [AGENT]: agentFile("a", { model: "default" }) }],
    ["an unknown model in the settings", "error unknown-model", { [SETTINGS]: { model: "sonnet-4-6" } }],
    ["an unknown model in the chain", "error unknown-model", { [SETTINGS]: { fallbackModel: ["sonet"] } }],
    [
      "an unknown model in the environment",
      "error unknown-model",
      {},
      { CLAUDE_CODE_SUBAGENT_MODEL: "haikuu" },
    ],
    ["an alias behind an alias", "error unknown-model", {}, { ANTHROPIC_DEFAULT_OPUS_MODEL: "sonnet" }],
    [
      "a retired model",
      "error retired-model",
      { [AGENT]: agentFile("a", { model: "claude-3-opus-20240229" }) },
    ],
    [
      "a model about to retire",
      "warning retired-model",
      { [AGENT]: agentFile("a", { model: "claude-sonnet-4-5" }) },
    ],
    ["a remapped model", "warning remapped-model", { [AGENT]: agentFile("a", { model: "claude-opus-4-1" }) }],
    [
      "a model that is not available",
      "warning model-not-allowed",
      { [AGENT]: agentFile("a", { model: "haiku" }), [SETTINGS]: { availableModels: ["sonnet", "opus"] } },
    ],
    [
      "a session's model that is not available",
      "warning model-not-allowed",
      { [SETTINGS]: { model: "sonnet", availableModels: ["haiku"] } },
    ],
    [
      "an effort of the user's that the newest models pass over",
      "warning settings-value-ignored",
      { "config/settings.json": { effortLevel: "low" } },
    ],
    ["no description", "error missing-description", { [AGENT]: "---\nname: a\n---\n" }],
    ["no name", "error agent-not-loaded", { [AGENT]: "---\ndescription: a\n---\n" }],
    [
      "front matter that is not closed",
      "error agent-not-loaded",
      { [AGENT]: "---\nname: a\ndescription: b\n" },
    ],
    ["front matter that is no YAML", "error agent-not-loaded", { [AGENT]: "---\nname: a\n- b\n---\n" }],
    ["a misspelt key", "warning agent-key-misspelt", { [AGENT]: agentFile("a", { modle: "haiku" }) }],
    [
      "a key in the wrong case",
      "warning agent-key-misspelt",
      { [AGENT]: agentFile("a", { Model: "haiku" }) },
    ],
    ["an effort that is none", "error agent-value-ignored", { [AGENT]: agentFile("a", { effort: "hihg" }) }],
    [
      "an effort that is a number",
      "warning agent-value-ignored",
      { [AGENT]: agentFile("a", { effort: "3" }) },
    ],
    [
      "a model that is a list",
      "warning agent-value-ignored",
      { [AGENT]: agentFile("a", { model: "[opus]" }) },
    ],
    [
      "a permission mode that is none",
      "warning agent-value-ignored",
      { [AGENT]: agentFile("a", { permissionMode: "yolo" }) },
    ],
    [
      "a limit of turns that is no number",
      "warning agent-value-ignored",
      { [AGENT]: agentFile("a", { maxTurns: "lots" }) },
    ],
    [
      "one name twice",
      "error duplicate-agent",
      { [AGENT]: agentFile("a"), "shop/.claude/agents/deep/b.md": agentFile("a") },
    ],
    [
      "a name on two levels",
      "warning hidden-agent",
      { [AGENT]: agentFile("a"), "config/agents/a.md": agentFile("a") },
    ],
    [
      "a reader on Opus",
      "warning expensive-reader",
      { [AGENT]: agentFile("a", { tools: "Read, Grep" }), [SETTINGS]: { model: "opus" } },
    ],
    [
      "a reader on Opus while planning",
      "warning expensive-reader",
      { [AGENT]: agentFile("a", { tools: "Read", model: "inherit" }), [SETTINGS]: { model: "opusplan" } },
    ],
    [
      "a tool that there is not",
      "warning unknown-tool",
      { [AGENT]: agentFile("a", { tools: "Bash, Reed" }) },
    ],
    [
      "a tool of former times",
      "warning unknown-tool",
      { [AGENT]: agentFile("a", { tools: "Bash, MultiEdit" }) },
    ],
    [
      "a reviewer who edits",
      "warning tools-contradict-role",
      { [AGENT]: agentFile("reviewer", { tools: "Read, Edit" }) },
    ],
    ["a reviewer with every tool", "warning tools-contradict-role", { [AGENT]: agentFile("code-reviewer") }],
    [
      "an implementer who cannot",
      "warning tools-contradict-role",
      { [AGENT]: agentFile("implementer", { tools: "Bash" }) },
    ],
    ["a policy that cannot be read", "error policy-invalid", { "shop/rolecall.yaml": "preset: cheap\n" }],
    ["a policy that was never applied", "warning out-of-step", { "shop/rolecall.yaml": "preset: frugal\n" }],
    ["no prompt caching", "warning prompt-caching-off", {}, { DISABLE_PROMPT_CACHING: "1" }],
    [
      "no prompt caching for one family",
      "warning prompt-caching-off",
      {},
      { DISABLE_PROMPT_CACHING_OPUS: "true" },
    ],
    [
      "opusplan under ANTHROPIC_MODEL",
      "warning opusplan-overridden",
      { [SETTINGS]: { model: "opusplan" } },
      { ANTHROPIC_MODEL: "sonnet" },
    ],
    [
      "opusplan under local settings",
      "warning opusplan-overridden",
      { [SETTINGS]: { model: "opusplan" }, "shop/.claude/settings.local.json": { model: "sonnet" } },
    ],
    [
      "opusplan whose Opus is none",
      "warning opusplan-overridden",
      { [SETTINGS]: { model: "opusplan" } },
      { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-sonnet-5-5" },
    ],
  ];

  it.each(cases)("%s: %s", async (_what, expected, files, env) => {
    expect(seen(await examine(files, env))).toEqual([expected]);
  });

  it("a default for agents under a version in which it beats them", async () => {
    const here = place({ [SETTINGS]: { env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } } });
    installClaude(here.cwd, "2.1.250");
    const old = await runDoctor({ ...here, env: { ...here.env, PATH: join(here.cwd, "bin") } }, NOW);
    expect(seen(old)).toEqual(["error default-beats-agents"]);
    expect(seen(await runDoctor(here, NOW))).toEqual([]);
  });

  it("and every code that there is has a case", () => {
    const covered = new Set(cases.map(([, expected]) => expected.split(" ")[1]));
    covered.add("default-beats-agents");
    expect((Object.keys(SYMPTOMS) as SymptomCode[]).filter((code) => !covered.has(code))).toEqual([]);
  });
});

describe("what doctor leaves in peace", () => {
  it.each<[string, Files, Record<string, string>?]>([
    ["nothing at all", {}],
    [
      "a good agent with keys of other tools",
      {
        [AGENT]: agentFile("a", {
          model: "Sonnet",
          effort: "HIGH",
          color: "blue",
          version: "1.0",
          tags: "x",
        }),
      },
    ],
    ["a document among the agents", { "shop/.claude/agents/README.md": "# Our agents\n" }],
    [
      "a reader with a model of its own",
      { [AGENT]: agentFile("a", { tools: "Read", model: "haiku" }), [SETTINGS]: { model: "opus" } },
    ],
    ["FORCE=0", {}, { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "0" }],
    ["the default of agents without a model", {}, { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" }],
    [
      "mcp tools and tools with arguments",
      { [AGENT]: agentFile("a", { tools: "Bash(git log:*), mcp__srv__x, Edit" }) },
    ],
    ["a model of Bedrock", { [AGENT]: agentFile("a", { model: "us.anthropic.claude-opus-4-6-v1" }) }],
    [
      "settings of other concerns",
      { [SETTINGS]: { theme: "dark", permissions: { allow: ["Bash"] }, spinnerVerbs: {} } },
    ],
  ])("%s", async (_what, files, env) => expect(seen(await examine(files, env))).toEqual([]));

  it.each(["balanced", "frugal", "quality", "subscription"])(
    "what rolecall itself wrote, %s",
    async (preset) => {
      const here = place({ "shop/rolecall.yaml": `preset: ${preset}\n` });
      applyPlan(await loadPlan(here), NOW);
      expect(seen(await runDoctor(here, NOW))).toEqual([]);
    },
  );
});

describe("doctor", () => {
  it("names file, line and fix", async () => {
    const report = await examine({ [AGENT]: agentFile("a", { effort: "hihg" }) });
    expect(report.findings[0]).toMatchObject({ path: ".claude/agents/a.md", line: 4, fix: "Write high." });
    expect(hasErrors(report)).toBe(true);
  });

  it("--fix corrects what is safe, changes no other byte, and says what is left", async () => {
    const crlf = agentFile("a", {
      model: "Claude Sonnet 4.6",
      Effort: "low",
      tools: "Read, Reed",
    }).replaceAll("\n", "\r\n");
    const here = place({
      [AGENT]: crlf,
      [SETTINGS]: '{\n    "fallbackModel": "sonnet, haiku",\n    "x": 1\n}',
    });
    const report = await runDoctor({ ...here, fix: true }, NOW);
    expect(report.fixed.map(({ code }) => code)).toEqual([
      "unknown-model",
      "fallback-model-string",
      "agent-key-misspelt",
    ]);
    expect(seen(report)).toEqual(["warning unknown-tool"]);
    const settings = readFileSync(join(here.cwd, ".claude/settings.json"), "utf8");
    expect(JSON.parse(settings)).toEqual({ fallbackModel: ["sonnet", "haiku"], x: 1 });
    expect(settings).toContain('    "x": 1\n}');
    const agent = readFileSync(join(here.cwd, ".claude/agents/a.md"), "utf8");
    expect(agent).toContain("model: claude-sonnet-4-6\r\n");
    expect(agent).toContain("effort: low");
    expect(agent).not.toContain("Effort");
  });

  it("answers in the contract's shape", async () => {
    const json = doctorJson(await examine({ [AGENT]: "---\nname: a\n---\n" })) as { findings: Symptom[] };
    expect(Object.keys(json.findings[0] ?? {})).toEqual(
      expect.arrayContaining(["code", "severity", "path", "line", "message", "fix"]),
    );
  });

  it("writes SARIF whose results point at their rules, files and lines", async () => {
    const files = {
      [AGENT]: agentFile("a", { model: "gpt-5" }),
      "config/agents/ü b.md": "---\nname: u\n---\n",
    };
    const report = await examine(files, { DISABLE_PROMPT_CACHING: "1" });
    const sarif = doctorSarif(report, "1.2.3") as Sarif;
    const [run] = sarif.runs;
    expect(sarif.version).toBe("2.1.0");
    expect(run?.tool.driver).toMatchObject({ name: "rolecall", version: "1.2.3" });
    expect(run?.results).toHaveLength(3);
    for (const { ruleId, ruleIndex, level } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(["error", "warning", "note"]).toContain(level);
    }
    const places = run?.results.map(({ locations }) => locations?.[0]?.physicalLocation);
    expect(places?.[0]).toEqual({
      artifactLocation: { uri: ".claude/agents/a.md", uriBaseId: "%SRCROOT%" },
      region: { startLine: 4 },
    });
    expect(places?.[1]?.artifactLocation.uri).toMatch(/^file:\/\/\/.*%C3%BC%20b\.md$/);
    expect(places?.[2]).toBeUndefined();
  });

  it("fits 80 columns and lets no escape sequence through", async () => {
    const report = await examine({ [AGENT]: agentFile("a", { model: '"\\e[31mred"', tools: "Reed" }) });
    const drawn = renderDoctor(report, { width: 80, style: createStyle(false) });
    expect(drawn).not.toContain("\u001b");
    expect(Math.max(...drawn.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

interface Sarif {
  version: string;
  runs: {
    tool: { driver: { name: string; version: string; rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations?: { physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string } } }[];
    }[];
  }[];
}
