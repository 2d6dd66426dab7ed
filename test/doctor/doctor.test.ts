import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SYMPTOMS, type Symptom, type SymptomCode } from "../../src/domain/symptom.ts";
import { type DoctorReport, hasErrors, runDoctor } from "../../src/doctor/doctor.ts";
import { applyPlan, loadPlan } from "../../src/agents/load-plan.ts";
import { doctorJson, doctorSarif, renderDoctor } from "../../src/render/doctor.ts";
import { createStyle } from "../../src/render/style.ts";
import { installClaude } from "../agents/workspace.ts";
import { agentFile, installPlugin, writeTree } from "../helpers/tree.ts";

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

const saidOfManaged = async (text: string) => {
  const here = { ...place({}), managedDir: writeTree({ "managed-settings.json": text }) };
  return (await runDoctor(here, NOW)).findings.map(({ code, message }) => `${code} ${message}`);
};

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
    ["a newer model", "note newer-model", { [AGENT]: agentFile("a", { model: "claude-sonnet-6" }) }],
    ["a newer model in the settings", "note newer-model", { [SETTINGS]: { model: "claude-opus-6-1" } }],
    [
      "an unknown model behind a gateway",
      "note unknown-model",
      { [AGENT]: agentFile("a", { model: "qwen3-coder" }) },
      { ANTHROPIC_BASE_URL: "http://127.0.0.1:4000" },
    ],
    [
      "an agent setting that names nobody",
      "warning settings-value-ignored",
      { [SETTINGS]: { agent: "nobody" } },
    ],
    ["no description", "error missing-description", { [AGENT]: "---\nname: a\n---\n" }],
    ["no name", "error agent-not-loaded", { [AGENT]: "---\ndescription: a\n---\n" }],
    [
      "front matter that is not closed",
      "error agent-not-loaded",
      { [AGENT]: "---\nname: a\ndescription: b\n" },
    ],
    ["an empty file", "warning agent-not-loaded", { [AGENT]: "" }],
    ["a binary file", "warning agent-not-loaded", { [AGENT]: "PNG\u0000\u0001\u0002" }],
    ["a file without front matter", "warning agent-not-loaded", { [AGENT]: "You are a helper.\n" }],
    ["front matter that begins late", "error agent-not-loaded", { [AGENT]: "\n---\nname: a\n---\n" }],
    ["a name with a colon", "error agent-not-loaded", { [AGENT]: agentFile("team:a") }],
    ["a name that begins with a hyphen", "error agent-not-loaded", { [AGENT]: agentFile("-a") }],
    ["front matter that is no YAML", "error agent-not-loaded", { [AGENT]: "---\nname: a\n- b\n---\n" }],
    ["a misspelt key", "warning agent-key-misspelt", { [AGENT]: agentFile("a", { modle: "haiku" }) }],
    [
      "a key in the wrong case",
      "warning agent-key-misspelt",
      { [AGENT]: agentFile("a", { Model: "haiku" }) },
    ],
    [
      "a key with other separators",
      "warning agent-key-misspelt",
      { [AGENT]: agentFile("a", { max_turns: "4" }) },
    ],
    [
      "a key that plainly means the model",
      "warning agent-key-misspelt",
      { [AGENT]: agentFile("a", { model_name: "haiku" }) },
    ],
    [
      "the same in other words",
      "warning agent-key-misspelt",
      { [AGENT]: agentFile("a", { subagentModel: "haiku" }) },
    ],
    ["allowed-tools", "warning agent-key-misspelt", { [AGENT]: agentFile("a", { "allowed-tools": "Read" }) }],
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
      "only tools that do not exist",
      "error no-tools",
      { [AGENT]: agentFile("a", { tools: "read_file, run" }) },
    ],
    ["only tools in the wrong case", "error no-tools", { [AGENT]: agentFile("a", { tools: "read, bash" }) }],
    ["an empty tools key", "warning no-tools", { [AGENT]: agentFile("a", { tools: "" }) }],
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
    ["a policy that was never applied", "warning out-of-sync", { "shop/rolecall.yaml": "preset: frugal\n" }],
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

  it("a plugin's agent without front matter, which loads all the same", async () => {
    const request = place({});
    installPlugin(request.env["CLAUDE_CONFIG_DIR"] ?? "", "tidy", { "agents/b.md": "# Just text\n" });
    expect(seen(await runDoctor(request, NOW))).toEqual(["warning plugin-agent-unreadable"]);
  });

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

  it("settings of a policy that sessions in a sub-folder do not read", async () => {
    const here = place({ "shop/rolecall.yaml": "generate: none\n", "shop/src/a.js": "" });
    applyPlan(await loadPlan(here), NOW);
    const below = await runDoctor({ ...here, cwd: join(here.cwd, "src") }, NOW);
    expect(seen(below)).toEqual(["warning settings-out-of-reach"]);
    expect(below.findings[0]?.message).toContain("A session that starts in src");
  });

  it("files that it does not follow or read, without saying that they do not load", async () => {
    const here = place({ "dot/a.md": agentFile("a"), "shop/.claude/agents/b.md": agentFile("b") });
    symlinkSync(join(here.cwd, "../dot/a.md"), join(here.cwd, ".claude/agents/a.md"));
    const { findings } = await runDoctor(here, NOW);
    expect(findings.filter(({ code }) => code === "agent-not-loaded")).toEqual([]);
  });

  it("links that lead nowhere, and not two links to one file", async () => {
    const here = place({ "dot/a.md": agentFile("a"), "shop/.claude/agents/x": "" });
    const at = (name: string) => join(here.cwd, ".claude/agents", name);
    symlinkSync(join(here.cwd, "../dot/a.md"), at("a.md"));
    symlinkSync(join(here.cwd, "../dot/a.md"), at("b.md"));
    symlinkSync("self.md", at("self.md"));
    const { findings } = await runDoctor(here, NOW);
    expect(findings).toMatchObject([
      {
        code: "agent-not-loaded",
        severity: "warning",
        path: ".claude/agents/self.md",
        message: "Claude Code does not load it: the link leads nowhere.",
        fix: "Correct the link or remove it.",
      },
    ]);
  });

  it("front matter that is too large, as not checked", async () => {
    const { findings } = await examine({ [AGENT]: agentFile("a", { x: "y".repeat(33 * 1024) }) });
    expect(findings).toMatchObject([
      {
        code: "agent-not-read",
        message: "Not checked: its front matter is larger than 32 KB. Claude Code may load it.",
      },
    ]);
  });

  it("what is wrong in an administrator's file, and what Claude Code makes of it", async () => {
    expect(await saidOfManaged('{ "fallbackModel": "haiku" }')).toEqual([
      'settings-value-ignored fallbackModel: invalid value, found "haiku", expected a list. Claude Code ignores this key.',
    ]);
    expect(await saidOfManaged('{ "availableModels": 5 }')).toEqual([
      "settings-value-ignored availableModels: invalid value, found 5, expected a list. Claude Code counts only the names in it.",
    ]);
    expect(await saidOfManaged('{ "model": }')).toEqual([
      expect.stringMatching(/^settings-void Not valid JSON: .*\. Claude Code does not start with it\.$/),
    ]);
  });

  it("the same tool in many agents once, with every file", async () => {
    const files = Object.fromEntries(
      ["a", "b", "c"].map((name) => [
        `shop/.claude/agents/${name}.md`,
        agentFile(name, { tools: "Bash, LS" }),
      ]),
    );
    const report = await examine(files);
    expect(seen(report)).toEqual(["warning unknown-tool"]);
    expect(report.findings[0]).toMatchObject({
      path: ".claude/agents/a.md",
      line: 4,
      message: "Claude Code has no tool LS any more; 3 agents do not get it.",
      files: ["a", "b", "c"].map((name) => ({ path: `.claude/agents/${name}.md`, line: 4 })),
    });
    const drawn = (verbose: boolean) =>
      renderDoctor(report, { width: 80, style: createStyle(false) }, { verbose });
    expect(drawn(false)).toContain("a.md:4 and 2 more unknown-tool");
    expect(drawn(false)).not.toContain("c.md");
    expect(drawn(true)).toContain("c.md:4");
    const [run] = (doctorSarif(report, "1") as Sarif).runs;
    expect(run?.results[0]?.locations).toHaveLength(3);
  });

  it.each([
    ["a comment", '{\n  "model": "opus", // for now\n  "x": 1\n}', 2, "a comment"],
    ["a trailing comma", '{\n  "model": "opus",\n}', 3, "a comma before the closing bracket"],
    ["a missing comma", '{\n  "model": "opus"\n  "x": 1\n}', 3, "a comma is missing before this"],
    ["a bracket that is open", '{\n  "a": [1\n', 3, "[ is not closed"],
    ["single quotes", "{\n\n'model': 1}", 3, "a text in single quotes"],
    ["a list", "[]", 1, "not a JSON object"],
  ])("%s in the settings, at its line", async (_what, text, line, what) => {
    const { findings } = await examine({ [SETTINGS]: text });
    expect(findings[0]).toMatchObject({
      code: "settings-void",
      line,
      message: expect.stringContaining(what),
    });
  });

  it("YAML that does not parse, at its line", async () => {
    const { findings } = await examine({ [AGENT]: '---\nname: a\ndescription: d\nx: "open\n---\n' });
    expect(findings[0]).toMatchObject({ code: "agent-not-loaded", line: 5 });
    const broken = await examine({ [AGENT]: "---\nname: a\nlist:\n- x\n y: {\n---\n" });
    expect(broken.findings[0]?.line).toBeGreaterThan(3);
  });

  it("and every code that there is has a case", () => {
    const covered = new Set(cases.map(([, expected]) => expected.split(" ")[1]));
    for (const elsewhere of [
      "default-beats-agents",
      "settings-out-of-reach",
      "agent-not-read",
      "plugin-agent-unreadable",
    ])
      covered.add(elsewhere);
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
      "keys of other tools",
      { [AGENT]: agentFile("a", { mode: "subagent", temperature: "0.1", models_used: "3", role: "x" }) },
    ],
    [
      "tools as Claude Code splits them",
      { [AGENT]: agentFile("a", { tools: "Read Grep and Glob | Bash(git log:*, git diff:*), mcp__x__y" }) },
    ],
    [
      "former names of tools that still work",
      { [AGENT]: agentFile("a", { tools: "Bash, KillBash, KillShell, Task" }) },
    ],
    ["an agent that wants no tools", { [AGENT]: agentFile("a", { tools: "[]" }) }],
    ["a name with a space", { [AGENT]: agentFile("two words") }],
    [
      "a newer model that the policy maps",
      {
        [AGENT]: agentFile("a", { model: "claude-sonnet-6" }),
        "xdg/rolecall/rolecall.yaml": "tiers:\n  sonnet: claude-sonnet-6\n",
      },
    ],
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

  it("many files that Claude Code does not load for one reason are one finding", async () => {
    const names = ["a", "b", "c", "d"].map((name) => `.claude/agents/${name}.md`);
    const report = await examine(Object.fromEntries(names.map((name) => [`shop/${name}`, "# A document\n"])));
    expect(report.findings).toMatchObject([
      { code: "agent-not-loaded", files: names.map((path) => ({ path, line: 1 })) },
    ]);
    const three = await examine(
      Object.fromEntries(names.slice(1).map((name) => [`shop/${name}`, "# A document\n"])),
    );
    expect(three.findings).toHaveLength(3);
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

  it.each([
    ["sonet", "sonnet"],
    ["Opus 4.6", "claude-opus-4-6"],
    ["claude-sonnet-4.6", "claude-sonnet-4-6"],
    ["claude-hiaku-5-5", "claude-haiku-5-5"],
    ["claude-haiku-45", "claude-haiku-4-5"],
  ])("--fix takes %s for %s, which it cannot but mean", async (written, meant) => {
    const here = place({ [AGENT]: agentFile("a", { model: written }) });
    await runDoctor({ ...here, fix: true }, NOW);
    expect(readFileSync(join(here.cwd, ".claude/agents/a.md"), "utf8")).toContain(`model: ${meant}\n`);
  });

  it.each<[string, Record<string, string>]>([
    ["a newer model", { model: "claude-sonnet-6" }],
    ["a model between two that are known", { model: "claude-sonnet-4-7" }],
    ["another number in an id", { model: "claude-opus-5-4" }],
    ["a retired model", { model: "claude-3-opus-20240229" }],
    ["a retired model in another form", { model: "Claude 3 Opus 20240229" }],
    ["a remapped model", { model: "claude-opus-4-1" }],
    ["a model of another vendor", { model: "gpt-5" }],
    ["a word that is two letters off", { model: "sonn-tt" }],
    ["default", { model: "default" }],
    ["another tool's key", { mode: "opus" }],
    ["another tool's key for the effort", { reasoning_effort: "low" }],
    ["a key that would change a working agent's model", { Model: "haiku" }],
    ["an effort that is two letters off", { effort: "hgih-" }],
    ["tools of other editors", { tools: "codebase, runCommands" }],
  ])("--fix leaves %s alone", async (_what, keys) => {
    const text = agentFile("a", keys);
    const here = place({ [AGENT]: text });
    expect((await runDoctor({ ...here, fix: true }, NOW)).fixed).toEqual([]);
    expect(readFileSync(join(here.cwd, ".claude/agents/a.md"), "utf8")).toBe(text);
  });

  it("--fix does not write through a linked folder", async () => {
    const text = agentFile("a", { model: "sonet" });
    const here = place({ "dot/agents/a.md": text, "shop/x": "" });
    symlinkSync(join(here.cwd, "../dot"), join(here.cwd, ".claude"));
    expect((await runDoctor({ ...here, fix: true }, NOW)).fixed).toEqual([]);
    expect(readFileSync(join(here.cwd, "../dot/agents/a.md"), "utf8")).toBe(text);
  });

  it.each<BufferEncoding>(["latin1", "utf16le"])("--fix leaves settings in %s alone", async (encoding) => {
    const here = place({ [SETTINGS]: {} });
    const file = join(here.cwd, ".claude/settings.json");
    const mark = encoding === "utf16le" ? "\ufeff" : "";
    const bytes = Buffer.from(`${mark}{"fallbackModel":"sonnet","language":"fran\u00e7ais"}`, encoding);
    writeFileSync(file, bytes);
    const { fixed, findings } = await runDoctor({ ...here, fix: true }, NOW);
    expect(fixed).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(["fallback-model-string"]);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it("says what it checked", async () => {
    const report = await examine({ [AGENT]: agentFile("a"), [SETTINGS]: {} });
    const drawn = renderDoctor(report, { width: 80, style: createStyle(false) });
    expect(drawn).toBe("Checked 1 settings file and 1 agent file: no problems found.\n");
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
