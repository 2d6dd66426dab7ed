import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/operations/explain.ts";
import { agentFile, installPlugin, writeTree } from "../helpers/tree.ts";

// What is expected here was seen in requests of the real client.

const HAIKU = "claude-haiku-5-5 medium";
const SONNET = "claude-sonnet-5-5 medium";
const OPUS = "claude-opus-5-5 medium";
const haiku = (name: string) => agentFile(name, { model: "haiku" });
const sonnet = (name: string) => agentFile(name, { model: "sonnet" });

type Files = Record<string, string | object>;

/** A folder `shop` that is a repository, and a configuration folder beside it. */
function world(files: Files, { git = true } = {}) {
  const root = writeTree({ "shop/README.md": "", "config/x": "", ...files });
  if (git) execFileSync("git", ["init", "-q"], { cwd: join(root, "shop") });
  return root;
}

/** What explain says, `refused` or `none` for nothing of that name. */
async function wire(
  root: string,
  name: string,
  {
    at = "shop",
    version = "2.1.332",
    env = {},
    ...more
  }: Partial<Parameters<typeof explain>[0]> & { at?: string } = {},
): Promise<string> {
  try {
    const { model, effort, refused } = await explain({
      name,
      cwd: join(root, at),
      env: { CLAUDE_CONFIG_DIR: join(root, "config"), HOME: join(root, "home"), ...env },
      managedDir: join(root, "managed"),
      version,
      ...more,
    });
    return refused === undefined ? `${model} ${effort ?? "none"}` : "refused";
  } catch {
    return "none";
  }
}

const notes = async (root: string, name: string) =>
  (
    await explain({
      name,
      cwd: join(root, "shop"),
      env: { CLAUDE_CONFIG_DIR: join(root, "config") },
      version: "2.1.332",
    })
  ).notes;

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

describe("settings", () => {
  it("are those of the folder that a session starts in, not of folders above", async () => {
    const root = world({
      "shop/.claude/settings.json": { model: "sonnet" },
      "shop/api/x": "",
      "shop/web/.claude/settings.json": { model: "haiku" },
    });
    expect(await wire(root, "main")).toBe(SONNET);
    expect(await wire(root, "main", { at: "shop/api" })).toBe(OPUS);
    expect(await wire(root, "main", { at: "shop/web" })).toBe(HAIKU);
  });

  it("settings.local.json of the main checkout goes before that of the folder, since 2.1.250", async () => {
    const root = world({
      "shop/.claude/settings.local.json": { model: "haiku" },
      "shop/api/.claude/settings.local.json": {
        model: "sonnet",
        env: { CLAUDE_CODE_SUBAGENT_MODEL: "fable" },
      },
    });
    expect(await wire(root, "main", { at: "shop/api" })).toBe(HAIKU);
    expect(await wire(root, "general-purpose", { at: "shop/api" })).toMatch(/fable/);
    expect(await wire(root, "main", { at: "shop/api", version: "2.1.200" })).toBe("claude-sonnet-5 high");
  });

  it("an administrator's files add up: the last by name is the strongest, wrong types count for nothing, nor do hidden files", async () => {
    const root = world({
      "shop/.claude/settings.json": { model: "opus" },
      "managed/managed-settings.json": { model: "haiku", env: { CLAUDE_CODE_SUBAGENT_EFFORT: "low" } },
      "managed/managed-settings.d/10-a.json": { env: { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" } },
      "managed/managed-settings.d/20-b.json": { model: "sonnet" },
      "managed/managed-settings.d/30-wrong.json": {
        model: 5,
        fallbackModel: "opus",
        permissions: { allow: "x", deny: ["Agent(Explore)"] },
        env: { CLAUDE_CODE_SUBAGENT_EFFORT: "high" },
      },
      "managed/managed-settings.d/.hidden.json": { model: "fable" },
    });
    expect(await wire(root, "main")).toBe(SONNET);
    expect(await wire(root, "general-purpose")).toBe("claude-haiku-5-5 high");
    expect(await wire(root, "Explore")).toBe("refused");
  });

  it.each([
    ["haiku", OPUS],
    [["sonnet", 5], OPUS],
    [["haiku", 5], HAIKU],
  ])(
    "an administrator's invalid availableModels, %j, allow what is left of them",
    async (models, expected) => {
      const root = world({
        "shop/.claude/agents/a.md": haiku("a"),
        "managed/managed-settings.json": { availableModels: models },
      });
      expect(await wire(root, "a")).toBe(expected);
    },
  );

  it.each(["{ no", "[]", "null", '{ "model": "haiku", }'])(
    "an administrator's file %j keeps Claude Code from starting",
    async (text) => {
      const root = world({ "managed/managed-settings.d/a.json": text });
      expect([await wire(root, "main"), await wire(root, "Plan")]).toEqual(["refused", "refused"]);
      const { notes: said } = await explain({
        name: "main",
        cwd: join(root, "shop"),
        env: { CLAUDE_CONFIG_DIR: join(root, "config") },
        managedDir: join(root, "managed"),
        version: "2.1.332",
      });
      const file = join(root, "managed/managed-settings.d/a.json");
      expect(said[0]).toBe(`Claude Code does not start, because ${file} is not a JSON object.`);
      expect(await wire(root, "main", { version: "2.1.250" })).not.toBe("refused");
    },
  );

  it("are read in UTF-16 as well", async () => {
    const root = world({ "shop/.claude/x": "" });
    writeFileSync(
      join(root, "shop/.claude/settings.json"),
      Buffer.from('\ufeff{"model":"haiku"}', "utf16le"),
    );
    expect(await wire(root, "main")).toBe(HAIKU);
  });

  it("may leave out the plugin of the agent that they make the main thread", async () => {
    const root = world({ "shop/.claude/settings.json": { agent: "a" } });
    installPlugin(join(root, "config"), "tidy", { "agents/a.md": haiku("a") });
    expect(await wire(root, "main")).toBe(HAIKU);
  });

  it("are not read from a pipe", async () => {
    const root = world({ "shop/.claude/x": "" });
    execFileSync("mkfifo", [join(root, "shop/.claude/settings.json")]);
    expect(await wire(root, "main")).toBe(OPUS);
  });
});

describe("agents", () => {
  it("are found up to the root of the repository; of one name the nearest runs, before 2.1.178 the farthest", async () => {
    const root = world({
      ".claude/agents/o.md": haiku("outside"),
      "shop/.claude/agents/r.md": haiku("top"),
      "shop/.claude/agents/s.md": haiku("same"),
      "shop/a/b/.claude/agents/s.md": sonnet("same"),
    });
    const at = "shop/a/b";
    expect(await wire(root, "outside", { at })).toBe("none");
    expect(await wire(root, "top", { at })).toBe(HAIKU);
    expect(await wire(root, "same", { at })).toBe(SONNET);
    expect(await wire(root, "same", { at, version: "2.1.150" })).toBe("claude-haiku-4-5-20251001 none");
  });

  it("without a repository are found up to the home folder, which does not count", async () => {
    const root = world(
      {
        "home/.claude/agents/h.md": haiku("at-home"),
        "home/p/.claude/agents/m.md": haiku("mid"),
        "home/p/x/y": "",
      },
      { git: false },
    );
    expect(await wire(root, "mid", { at: "home/p/x" })).toBe(HAIKU);
    expect(await wire(root, "at-home", { at: "home/p/x" })).toBe("none");
  });

  it("of the main checkout are a linked worktree's, unless it has a folder of its own", async () => {
    const root = world({
      "shop/.claude/agents/a.md": haiku("shared"),
      "shop/.claude/settings.json": { model: "haiku" },
      "shop/.claude/settings.local.json": { model: "sonnet" },
      "shop/.git/worktrees/wt/commondir": "../..\n",
      "wt/.git": "",
    });
    writeFileSync(join(root, "wt/.git"), `gitdir: ${join(root, "shop/.git/worktrees/wt")}\n`);
    expect(await wire(root, "shared", { at: "wt" })).toBe(HAIKU);
    expect(await wire(root, "main", { at: "wt" })).toBe(SONNET);
    mkdirSync(join(root, "wt/.claude/agents"), { recursive: true });
    expect(await wire(root, "shared", { at: "wt" })).toBe("none");
  });

  it("may be links, to files and to folders, also in circles; only names in .md count", async () => {
    const root = world({
      "dot/f.md": haiku("linked"),
      "dot/team/x.md": haiku("in-folder"),
      "shop/.claude/agents/UP.MD": haiku("upper"),
    });
    const agents = join(root, "shop/.claude/agents");
    link(join(root, "dot/f.md"), join(agents, "f.md"));
    link(join(root, "dot/team"), join(agents, "team"));
    link(".", join(agents, "loop"));
    link(join(root, "gone.md"), join(agents, "gone.md"));
    expect(await wire(root, "linked")).toBe(HAIKU);
    expect(await wire(root, "in-folder")).toBe(HAIKU);
    expect(await wire(root, "upper")).toBe("none");
  });

  it("with a colon or a hyphen in front do not load since 2.1.218", async () => {
    const root = world({
      "shop/.claude/agents/a.md": haiku("team:reviewer"),
      "shop/.claude/agents/b.md": haiku("-lead"),
    });
    for (const name of ["team:reviewer", "-lead"]) {
      expect(await wire(root, name)).toBe("none");
      expect(await wire(root, name, { version: "2.1.200" })).toBe("claude-haiku-4-5-20251001 none");
    }
  });

  it("of an administrator go before all others", async () => {
    const root = world({
      "managed/.claude/agents/r.md": sonnet("r"),
      "shop/.claude/agents/r.md": haiku("r"),
    });
    expect(await wire(root, "r")).toBe(SONNET);
  });
});

const install = (root: string, files: Record<string, string>, options = {}) =>
  installPlugin(join(root, "config"), "tidy", files, options);

describe("plugins", () => {
  it("have agents under the plugin's name and their sub-folder, also those that do not parse", async () => {
    const root = world({});
    install(root, {
      "agents/a.md": haiku("one"),
      "agents/sub/b.md": haiku("two"),
      "agents/bad.md": '---\nname: x\ndescription: For example:\n\n<e>\nu: "do: it"\n---\nBody.\n',
    });
    expect(await wire(root, "tidy:one")).toBe(HAIKU);
    expect(await wire(root, "tidy:sub:two")).toBe(HAIKU);
    expect(await wire(root, "tidy:bad")).toBe(OPUS);
  });

  it("count where the strongest setting enables them", async () => {
    const root = world({ "shop/.claude/settings.local.json": { enabledPlugins: { "tidy@market": false } } });
    install(root, { "agents/a.md": haiku("one") });
    expect(await wire(root, "tidy:one")).toBe("none");
    writeFileSync(join(root, "shop/.claude/settings.local.json"), "{}");
    expect(await wire(root, "tidy:one")).toBe(HAIKU);
  });

  it("may list files, which replaces their folder, and name an agent for the main thread", async () => {
    const root = world({});
    const files = {
      "agents/a.md": haiku("one"),
      "more/b.md": haiku("two"),
      "settings.json": '{"agent":"two"}',
    };
    install(root, files, { manifest: { agents: ["./more/b.md"] } });
    expect(await wire(root, "tidy:one")).toBe("none");
    expect(await wire(root, "tidy:two")).toBe(HAIKU);
    expect(await wire(root, "main")).toBe(HAIKU);
    expect(await wire(root, "main", { version: "2.1.128" })).toBe("claude-sonnet-4-6 high");
  });
});

const denied = (deny: string[]) =>
  world({
    "shop/.claude/agents/a.md": haiku("a"),
    "shop/.claude/settings.json": { permissions: { deny } },
  });

describe("calls that are refused", () => {
  it.each([
    ["Agent(a)", {}, "refused"],
    ["Task(a)", {}, "refused"],
    ["Agent", {}, "refused"],
    ["Agent(*)", {}, "refused"],
    ["Agent(b)", {}, HAIKU],
    ["Agent(model:opus)", {}, HAIKU],
    ["Agent(model:opus)", { model: "opus" }, "refused"],
    ["Agent(effort:max)", { effort: "max" }, "refused"],
    ["Agent(subagent_type:a)", {}, "refused"],
  ])("%s with %o: %s", async (rule, call, expected) =>
    expect(await wire(denied([rule]), "a", { call })).toBe(expected),
  );

  it("rules about a call's input count since 2.1.178", async () =>
    expect(
      await wire(denied(["Agent(model:opus)"]), "a", { call: { model: "opus" }, version: "2.1.150" }),
    ).toBe("claude-opus-4-7 xhigh"));

  it("an agent whose tools do not exist, since 2.1.208", async () => {
    const root = world({ "shop/.claude/agents/a.md": agentFile("a", { model: "haiku", tools: "nope" }) });
    expect(await wire(root, "a")).toBe("refused");
    expect(await wire(root, "a", { version: "2.1.150" })).toBe("claude-haiku-4-5-20251001 none");
  });

  it("a hook may set an alias only since 2.1.178, unless a model is forced", async () => {
    const root = world({
      "shop/.claude/agents/a.md": haiku("a"),
      "config/settings.json": { model: "sonnet" },
    });
    const on = (model: string, version: string, env = {}) =>
      wire(root, "a", { call: { model }, version, env });
    expect(await on("opus", "2.1.332")).toBe(OPUS);
    expect(await on("inherit", "2.1.332")).toBe("refused");
    expect(await on("claude-opus-4-6", "2.1.250")).toBe("refused");
    expect(await on("gpt-5", "2.1.100")).toBe("gpt-5 none");
    expect(await on("inherit", "2.1.100")).toBe("inherit none");
    expect(await on("inherit", "2.1.150")).toBe("claude-sonnet-4-6 high");
    expect(await on("inherit", "2.1.332", { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" })).toBe(SONNET);
  });
});

const COMMAND = { type: "command", command: "x" };

const hooked = (matcher: unknown, more = {}, hooks: unknown[] = [COMMAND]) =>
  world({
    "shop/.claude/agents/a.md": haiku("a"),
    "shop/.claude/settings.json": {
      hooks: { PreToolUse: [{ ...(matcher === undefined ? {} : { matcher }), hooks }] },
      ...more,
    },
  });

const withManagedHooksOnly = async (level: string) => {
  const root = world({
    "shop/.claude/agents/a.md": haiku("a"),
    "shop/.claude/settings.json": { hooks: { PreToolUse: [{ hooks: [COMMAND] }] } },
    [`${level}.json`]: { allowManagedHooksOnly: true },
  });
  const env = { CLAUDE_CONFIG_DIR: join(root, "config") };
  const managedDir = join(root, "managed");
  return (await explain({ name: "a", cwd: join(root, "shop"), env, managedDir, version: "2.1.332" })).notes;
};

describe("hooks", () => {
  it.each([undefined, "", "*", ".*", "Agent", "Task", "Agent|Bash", "^Agent$", "Ag.*", "Agent, Bash"])(
    "with the matcher %j see calls of agents",
    async (matcher) =>
      expect(await notes(hooked(matcher), "a")).toContainEqual(expect.stringMatching(/hook/)),
  );

  it.each(["agent", "Agen", "Agent(a)", "Agent(*)", "!Bash", "Bash"])(
    "with the matcher %j do not",
    async (matcher) =>
      expect(await notes(hooked(matcher), "a")).not.toContainEqual(expect.stringMatching(/hook/)),
  );

  it.each([
    COMMAND,
    { ...COMMAND, if: "" },
    { ...COMMAND, if: "Agent" },
    { ...COMMAND, if: "Agent(*)" },
    { ...COMMAND, if: "Task" },
    { type: "http", url: "http://localhost" },
  ])("of the kind %j can change calls", async (hook) =>
    expect(await notes(hooked("Agent", {}, [hook]), "a")).toContainEqual(expect.stringMatching(/hook/)),
  );

  it.each([
    { ...COMMAND, if: "Bash(git *)" },
    { ...COMMAND, if: "Agent(a)" },
    { ...COMMAND, if: "agent" },
    { ...COMMAND, if: null },
    { ...COMMAND, async: true },
    { ...COMMAND, command: "" },
    { ...COMMAND, type: "shell" },
    { command: "x" },
    { type: "prompt", prompt: "x" },
    null,
  ])("of the kind %j cannot", async (hook) =>
    expect(await notes(hooked("Agent", {}, [hook]), "a")).not.toContainEqual(expect.stringMatching(/hook/)),
  );

  it("of a project do not count with an administrator's allowManagedHooksOnly", async () => {
    expect(await withManagedHooksOnly("managed/managed-settings")).not.toContainEqual(
      expect.stringMatching(/hook/),
    );
    expect(await withManagedHooksOnly("config/settings")).toContainEqual(expect.stringMatching(/hook/));
  });

  it("are off with disableAllHooks", async () =>
    expect(await notes(hooked("Agent", { disableAllHooks: true }), "a")).not.toContainEqual(
      expect.stringMatching(/hook/),
    ));
});

const skill = (more: string) => `---\nname: s\ndescription: d\n${more}---\nDo it.\n`;

const inSkill = (more: string, files: Files = {}) =>
  world({ "shop/.claude/skills/s/SKILL.md": skill(more), ...files });

describe("skills", () => {
  it.each([
    ["model: haiku\n", HAIKU],
    ["model: inherit\neffort: low\n", "claude-opus-5-5 low"],
    ["model: sonnet[1m]\n", SONNET],
    ["", OPUS],
    ["context: fork\n", OPUS],
    ["context: fork\nmodel: haiku\n", HAIKU],
  ])("with %j run as typed on %s", async (more, expected) =>
    expect(await wire(inSkill(more), "skill:s")).toBe(expected),
  );

  it("with an agent run on its model, unless they have their own", async () => {
    const files = { "shop/.claude/agents/a.md": agentFile("fa", { model: "sonnet", effort: "low" }) };
    expect(await wire(inSkill("context: fork\nagent: fa\n", files), "skill:s")).toBe("claude-sonnet-5-5 low");
    const own = "context: fork\nagent: fa\nmodel: haiku\neffort: high\n";
    expect(await wire(inSkill(own, files), "skill:s")).toBe("claude-haiku-5-5 high");
  });

  it("of the user go before the project's, skills before commands; commands have their folder's name", async () => {
    const root = inSkill("model: haiku\n", {
      "shop/.claude/commands/s.md": skill("model: sonnet\n"),
      "shop/.claude/commands/git/go.md": skill("model: sonnet\n"),
    });
    expect(await wire(root, "skill:s")).toBe(HAIKU);
    expect(await wire(root, "skill:git:go")).toBe(SONNET);
    expect(await wire(root, "skill:go")).toBe("none");
    mkdirSync(join(root, "config/skills/s"), { recursive: true });
    writeFileSync(join(root, "config/skills/s/SKILL.md"), skill("model: sonnet\n"));
    expect(await wire(root, "skill:s")).toBe(SONNET);
  });

  it("say that the Skill tool ignores their model", async () =>
    expect(await notes(inSkill("model: haiku\n"), "skill:s")).toContainEqual(
      expect.stringMatching(/Skill tool .*opus/),
    ));
});

describe("other services", () => {
  it.each([
    [
      "CLAUDE_CODE_USE_BEDROCK",
      "us.anthropic.claude-opus-5-5",
      "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
    ["CLAUDE_CODE_USE_VERTEX", "claude-opus-5-5", "claude-sonnet-5-5"],
    ["CLAUDE_CODE_USE_FOUNDRY", "claude-sonnet-5-5", "claude-sonnet-5-5"],
    ["CLAUDE_CODE_USE_MANTLE", "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5"],
    ["CLAUDE_CODE_USE_ANTHROPIC_AWS", "claude-opus-5-5", "claude-sonnet-4-6"],
  ])("%s: a session runs on %s, sonnet is %s", async (variable, main, alias) => {
    const root = world({ "shop/.claude/agents/a.md": agentFile("a", { model: "sonnet" }) });
    const env = { [variable]: "1" };
    expect((await wire(root, "main", { env })).split(" ")[0]).toBe(main);
    expect((await wire(root, "a", { env, session: { model: "opus" } })).split(" ")[0]).toBe(alias);
  });
});

describe("versions", () => {
  const AGENTS: Files = {
    "shop/.claude/agents/o.md": agentFile("o", { model: "opus", effort: "low" }),
    "shop/.claude/agents/s.md": agentFile("s", { model: "sonnet", effort: "xhigh" }),
    "shop/.claude/agents/h.md": haiku("h"),
  };
  it.each([
    [
      "2.1.100",
      "claude-sonnet-4-6 none",
      "claude-opus-4-6 low",
      "claude-sonnet-4-6 none",
      "claude-haiku-4-5-20251001 none",
    ],
    [
      "2.1.128",
      "claude-sonnet-4-6 high",
      "claude-opus-4-7 xhigh",
      "claude-sonnet-4-6 high",
      "claude-haiku-4-5-20251001 none",
    ],
    [
      "2.1.150",
      "claude-opus-4-7 xhigh",
      "claude-opus-4-7 xhigh",
      "claude-sonnet-4-6 high",
      "claude-haiku-4-5-20251001 none",
    ],
    [
      "2.1.200",
      "claude-opus-4-8 high",
      "claude-opus-4-8 high",
      "claude-sonnet-5 xhigh",
      "claude-opus-4-8 high",
    ],
    ["2.1.250", "claude-opus-5 high", "claude-opus-5 low", "claude-sonnet-5 xhigh", "claude-opus-5 high"],
    ["2.1.332", OPUS, "claude-opus-5-5 low", "claude-sonnet-5-5 xhigh", OPUS],
  ])("%s: main %s, opus %s, sonnet %s, Explore %s", async (version, main, opus, xhigh, explore) => {
    const root = world(AGENTS);
    expect(await wire(root, "main", { version })).toBe(main);
    expect(await wire(root, "o", { version })).toBe(opus);
    expect(await wire(root, "s", { version })).toBe(xhigh);
    expect(await wire(root, "Explore", { version })).toBe(explore);
  });

  it("before 2.1.320 every agent takes the planning model, and the session's effort", async () => {
    const root = world(AGENTS);
    const session = { model: "opusplan", mode: "plan" } as const;
    expect(await wire(root, "h", { version: "2.1.250", session })).toBe("claude-opus-5 high");
    expect(await wire(root, "h", { session })).toBe(HAIKU);
    const low = { model: "opus", effort: "low" };
    expect(await wire(root, "h", { version: "2.1.300", session: low })).toBe("claude-haiku-5-5 low");
    expect(await wire(root, "h", { session: low })).toBe(HAIKU);
  });

  it("that are not known are refused", async () => {
    const request = { name: "main", cwd: world({}), env: {}, version: "2.0.76" };
    await expect(explain(request)).rejects.toThrow('--client-version: unknown version "2.0.76"');
  });
});
