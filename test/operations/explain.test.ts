import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain, type ExplainRequest } from "../../src/operations/explain.ts";
import { explanationJson, renderExplanation } from "../../src/render/explain.ts";
import { createStyle } from "../../src/render/style.ts";
import { agentFile, writeTree } from "../helpers/tree.ts";

type Files = Record<string, string | object>;

function request(files: Files, name: string, more: Partial<ExplainRequest> = {}): ExplainRequest {
  const root = writeTree({ "shop/.git/HEAD": "", ...files });
  const { env, ...rest } = more;
  return {
    name,
    cwd: join(root, "shop"),
    env: { CLAUDE_CONFIG_DIR: join(root, "config"), XDG_CONFIG_HOME: join(root, "xdg"), ...env },
    ...rest,
  };
}

describe("explain", () => {
  it("reads an agent from the project before the user's of the same name, and the user's before a built-in one", async () => {
    const files = {
      "shop/.claude/agents/deep/a.md": agentFile("helper", { model: "haiku", effort: "low" }),
      "config/agents/helper.md": agentFile("helper", { model: "opus" }),
      "config/agents/Explore.md": agentFile("Explore", { model: "haiku" }),
    };
    expect(await explain(request(files, "helper"))).toMatchObject({
      model: "claude-haiku-5-5",
      effort: "low",
    });
    expect(await explain(request(files, "Explore"))).toMatchObject({ model: "claude-haiku-5-5" });
    expect(await explain(request({}, "Explore"))).toMatchObject({
      model: "claude-opus-5-5",
      where: "built-in",
    });
  });

  it("passes over a file that Claude Code does not load", async () => {
    const files = {
      "shop/.claude/agents/helper.md": "---\nname: helper\nmodel: haiku\n---\nNo description.\n",
      "config/agents/helper.md": agentFile("helper", { model: "sonnet" }),
    };
    expect(await explain(request(files, "helper"))).toMatchObject({ model: "claude-sonnet-5-5" });
  });

  it("takes the environment from the settings files, and nothing from a void one", async () => {
    const env = { CLAUDE_CODE_SUBAGENT_MODEL: "haiku" };
    const files = { "shop/.claude/agents/helper.md": agentFile("helper"), "config/settings.json": { env } };
    const said = await explain(request(files, "helper"));
    expect(said.model).toBe("claude-haiku-5-5");
    expect(said.sources.find(({ decides }) => decides)).toMatchObject({
      source: "environment",
      value: "haiku",
      where: expect.stringContaining("config/settings.json env.CLAUDE_CODE_SUBAGENT_MODEL"),
    });
    const broken = { ...files, "config/settings.json": { env, fallbackModel: "sonnet" } };
    expect(await explain(request(broken, "helper"))).toMatchObject({ model: "claude-opus-5-5" });
  });

  it("says where a hook may change the call", async () => {
    const hooks = { PreToolUse: [{ matcher: "Agent|Task", hooks: [{ type: "command", command: "x" }] }] };
    const files = { "shop/.claude/settings.json": { hooks } };
    const { notes } = await explain(request(files, "Plan"));
    expect(notes).toContainEqual(expect.stringContaining("settings.json can change the model"));
    expect((await explain(request(files, "main"))).notes).toEqual([]);
  });

  it("explains a role by the agent that does its work, else as the policy would write it", async () => {
    const policy = { "shop/rolecall.yaml": "roles: {reviewer: {agents: [pr-bot], effort: high}}\n" };
    expect(await explain(request(policy, "reviewer"))).toMatchObject({
      agent: "reviewer",
      role: "reviewer",
      model: "claude-opus-5-5",
      effort: "high",
    });
    const files = { ...policy, "shop/.claude/agents/x.md": agentFile("pr-bot", { model: "haiku" }) };
    expect(await explain(request(files, "reviewer"))).toMatchObject({
      agent: "pr-bot",
      model: "claude-haiku-5-5",
    });
  });

  it("gives the reasons and sources of a role's model, for its agent on disk too, and says where they differ", async () => {
    const policy = {
      "shop/rolecall.yaml":
        "roles: {reviewer: {model: sonnet, effort: high, why: It was as good., evidence: 40 reviews}}\n",
    };
    const reasons = [
      expect.stringMatching(/^Role reviewer \(.*rolecall\.yaml.*\): .*It was as good\./),
      "Evidence: 40 reviews",
    ];
    const without = await explain(request(policy, "reviewer"));
    expect(without).toMatchObject({ role: "reviewer", where: expect.stringContaining("rolecall apply") });
    expect(without.notes.slice(-2)).toEqual(reasons);
    const written = {
      "shop/.claude/agents/reviewer.md": agentFile("reviewer", { model: "sonnet", effort: "high" }),
    };
    const generated = await explain(request({ ...policy, ...written }, "reviewer"));
    expect(generated.role).toBe("reviewer");
    expect(generated.notes.slice(-2)).toEqual(reasons);
    const edited = { "shop/.claude/agents/reviewer.md": agentFile("reviewer", { model: "opus" }) };
    const { notes, model } = await explain(request({ ...policy, ...edited }, "reviewer"));
    expect(model).toBe("claude-opus-5-5");
    expect(notes.slice(-3)).toEqual([
      ...reasons,
      "The policy wants sonnet at high effort for it: rolecall apply --dry-run shows the difference.",
    ]);
  });

  it("gives no role without a policy, and explains an agent beside an invalid one", async () => {
    const agent = { "shop/.claude/agents/reviewer.md": agentFile("reviewer", { model: "opus" }) };
    expect((await explain(request(agent, "reviewer"))).role).toBeUndefined();
    const { model, notes } = await explain(
      request({ ...agent, "shop/rolecall.yaml": "roles: 3\n" }, "reviewer"),
    );
    expect(model).toBe("claude-opus-5-5");
    expect(notes).toEqual([
      "The policy cannot be read, so its reasons are missing: rolecall doctor lists the problems.",
    ]);
  });

  it("says that two files of one folder with the same name run undefined", async () => {
    const twins = {
      "shop/.claude/agents/a.md": agentFile("helper", { model: "haiku" }),
      "shop/.claude/agents/b.md": agentFile("helper", { model: "opus" }),
    };
    const { notes } = await explain(request(twins, "helper"));
    expect(notes).toContainEqual(
      expect.stringMatching(/b\.md has the same name\. Which of the two runs is undefined\./),
    );
  });

  it("explains main by the settings of every level and the session", async () => {
    const files = {
      "config/settings.json": { model: "haiku" },
      "shop/.claude/settings.json": { model: "opusplan" },
    };
    const plan = { session: { mode: "plan" as const } };
    expect(await explain(request(files, "main"))).toMatchObject({ model: "claude-sonnet-5-5" });
    expect(await explain(request(files, "main", plan))).toMatchObject({ model: "claude-opus-5-5" });
    const local = { ...files, "shop/.claude/settings.local.json": { model: "claude-opus-4-7" } };
    expect(await explain(request(local, "main", plan))).toMatchObject({
      model: "claude-opus-4-7",
      effort: "xhigh",
    });
  });

  it("starts in the mode that the settings start sessions in, unless it is said", async () => {
    const files = {
      "shop/.claude/settings.json": { model: "opusplan", permissions: { defaultMode: "plan" } },
    };
    expect(await explain(request(files, "main"))).toMatchObject({ model: "claude-opus-5-5" });
    const said = { session: { mode: "default" as const } };
    expect(await explain(request(files, "main", said))).toMatchObject({ model: "claude-sonnet-5-5" });
  });

  it("works from a folder inside the project, whose own agents come first", async () => {
    const files = {
      "shop/.claude/agents/helper.md": agentFile("helper", { model: "opus" }),
      "shop/api/.claude/agents/helper.md": agentFile("helper", { model: "haiku" }),
    };
    const inside = request(files, "helper");
    expect(await explain(inside)).toMatchObject({ model: "claude-opus-5-5" });
    expect(await explain({ ...inside, cwd: join(inside.cwd, "api") })).toMatchObject({
      model: "claude-haiku-5-5",
    });
  });

  it("refuses an invalid version and an invalid size", async () => {
    await expect(explain(request({}, "main", { version: "latest" }))).rejects.toThrow("invalid version");
    const session = { contextTokens: Number.NaN };
    await expect(explain(request({}, "main", { session }))).rejects.toThrow("number of tokens");
  });

  it.each([
    [{}, "the built-in policy; rolecall init writes one"],
    [{ "shop/rolecall.yaml": "" }, "the policy; rolecall apply writes it"],
  ])("with the files %j, a role that no agent has comes from %s", async (files, where) => {
    expect(await explain(request(files, "reviewer"))).toMatchObject({ where });
  });

  it("says what was meant where nothing has the name", async () => {
    await expect(explain(request({}, "planer"))).rejects.toMatchObject({
      hint: expect.stringMatching(/^Expected one of .*planner.*\. Try planner\.$/),
    });
  });

  it("answers in the contract's shape, every model source before every effort source", async () => {
    const json = explanationJson(await explain(request({}, "general-purpose")));
    expect(json).toMatchObject({
      agent: "general-purpose",
      model: "claude-opus-5-5",
      effort: "medium",
    });
    const { sources } = json as { sources: { of: string; source: string; decides: boolean }[] };
    expect(sources.filter(({ of }) => of === "model").map(({ source }) => source)).toEqual([
      "force",
      "call",
      "frontmatter",
      "environment",
      "parent",
    ]);
    expect(sources.filter(({ decides }) => decides).map(({ of, source }) => `${of} ${source}`)).toEqual([
      "model parent",
      "effort model-default",
    ]);
  });

  it("lets no escape sequence of a file through to the terminal", async () => {
    const files = { "shop/.claude/agents/a.md": agentFile("a", { model: '"\\e[31mred"' }) };
    const asked = request(files, "a");
    const drawn = renderExplanation(await explain(asked), asked.cwd, {
      width: 80,
      style: createStyle(false),
    });
    expect(drawn).not.toContain("\u001b");
    expect(drawn).toContain(".claude/agents/a.md");
  });
});
