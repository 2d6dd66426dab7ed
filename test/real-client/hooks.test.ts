import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  commitAll,
  envWithClient,
  installClient,
  makeSandbox,
  runClient,
  type Sandbox,
  switchModel,
} from "../helpers/real-client.ts";
import { KNOWN_VERSION } from "../../src/client/version.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";
import { callEach, sentBy } from "./calls.ts";

const agent = (name: string, keys = ""): string =>
  `---\nname: ${name}\ndescription: Does the work of ${name}.\n${keys}---\nYou work.\n`;

/** What each agent does in the policy of these tests. */
const POLICY = `version: 1
generate: none
verify: ./verify.sh
main: { model: opus, subagentModel: inherit }
roles:
  implementer: { tier: haiku, effort: low, agents: [coder, general-purpose] }
  reviewer: { tier: sonnet, effort: high, agents: [my-reviewer, fixed] }
`;

const FILES = {
  "rolecall.yaml": POLICY,
  ".claude/agents/coder.md": agent("coder"),
  ".claude/agents/my-reviewer.md": agent("my-reviewer"),
  ".claude/agents/fixed.md": agent("fixed", "model: fable\n"),
  ".claude/agents/unknown.md": agent("unknown"),
  "verify.sh": "#!/bin/sh\nexit 1\n",
};

let sandbox: Sandbox;
let api: ScriptedApi;
let env: Record<string, string>;

beforeAll(async () => void (await installClient()));
beforeEach(async () => {
  api = await startScriptedApi({ keepBodies: true });
  sandbox = makeSandbox(FILES);
  env = await envWithClient(sandbox, api);
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

const rolecall = async (...args: string[]) => {
  const ended = await startRolecall(args, { cwd: sandbox.project, env }).ended;
  expect({ args, exitCode: ended.exitCode, stderr: ended.stderr }).toMatchObject({ exitCode: 0 });
  return ended.stdout;
};

const run = (prompt: string, more: Record<string, string> = {}, version?: string) =>
  runClient(sandbox, api, {
    prompt,
    args: ["--model", "opus"],
    env: { ...env, ...more },
    ...(version && { version }),
  });

interface Decision {
  event: string;
  agent: string | null;
  decision: string;
  why: string;
}

const decisions = async (): Promise<Decision[]> =>
  (JSON.parse(await rolecall("hooks", "log", "--json")) as { decisions: Decision[] }).decisions;

const mainModels = () => api.requests.filter(({ kind }) => kind === "main").map(({ model }) => model);

/** What the session asks its explorers for: each once, so that no run is another one done again. */
const TOPICS = [
  [
    "cart totals",
    "password hashing",
    "invoice export",
    "search ranking",
    "email templates",
    "session tokens",
  ],
  ["image resizing", "tax rounding", "feature flags", "rate limits", "log rotation", "csv parsing"],
  ["date formats", "retry queue", "audit trail", "currency tables", "push messages", "menu layout"],
] as const;

/** The session gives each topic to an explorer of its own. */
const exploring = (topics: readonly string[]): readonly Rule[] => [
  {
    name: "look",
    when: { kind: "sub", toolResult: false },
    reply: {
      blocks: [{ tool: "Read", input: { file_path: "verify.sh" } }],
      usage: { input_tokens: 3000, output_tokens: 200 },
    },
  },
  { name: "report", when: { kind: "sub" }, reply: { blocks: [{ text: "It is in verify.sh." }] } },
  {
    name: "thanks",
    when: { kind: "main", toolResult: true },
    reply: { blocks: [{ text: "Found it all." }] },
  },
  {
    name: "call",
    when: { kind: "main" },
    reply: {
      blocks: topics.map((topic) => ({
        tool: "Agent",
        input: {
          description: topic,
          prompt: `Where does the code deal with ${topic}?`,
          subagent_type: "Explore",
          run_in_background: false,
        },
      })),
    },
  },
];

const CALLED = ["general-purpose", "Explore", "coder", "my-reviewer", "fixed", "unknown"];

/** The session calls the coder with more in the call. */
const call = (input: object): Rule[] => [
  { name: "agent", when: { kind: "sub" }, reply: { blocks: [{ text: "Done." }] } },
  { name: "end", when: { kind: "main", toolResult: true }, reply: { blocks: [{ text: "All done." }] } },
  {
    name: "call",
    when: { kind: "main" },
    reply: {
      blocks: [
        {
          tool: "Agent",
          input: { description: "x", prompt: "You are coder.", run_in_background: false, ...input },
        },
      ],
    },
  },
];

/** One answer of the session, given once. */
const step = (name: string, blocks: object[]): Rule => ({
  name,
  when: { kind: "main" },
  times: 1,
  reply: { blocks: blocks as never },
});

/** Runs a session that calls explorers. Returns the models that these ran on. */
const explore = async (topics: readonly string[]) => {
  api.requests.length = 0;
  api.setRules(exploring(topics));
  await run(`Find ${topics.join(", ")}`);
  return [...new Set(api.requests.filter(({ kind }) => kind === "sub").map(({ model }) => model))];
};

describe("the hooks in the real client", () => {
  it("a session that starts counts outcomes in the background", async () => {
    await rolecall("init", "--hooks", "--yes");
    api.setRules([{ name: "hi", when: { kind: "main" }, reply: { blocks: [{ text: "Hi." }] } }]);
    await run("hello");
    const states = join(sandbox.home, ".local/state/rolecall/states");
    const learned = () =>
      readdirSync(states).map(
        (name) => (JSON.parse(readFileSync(join(states, name), "utf8")) as { learnedOn: unknown }).learnedOn,
      );
    await expect.poll(learned, { timeout: 30_000 }).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
    expect(await decisions()).toEqual([]);
  });

  it("agents of a plugin are routed by their role as well", async () => {
    sandbox.write(
      "market/.claude-plugin/marketplace.json",
      JSON.stringify({
        name: "market",
        owner: { name: "dev" },
        plugins: [{ name: "tidy", source: "./tidy" }],
      }),
    );
    sandbox.write(
      "market/tidy/.claude-plugin/plugin.json",
      JSON.stringify({ name: "tidy", version: "1.0.0" }),
    );
    sandbox.write("market/tidy/agents/my-reviewer.md", agent("my-reviewer"));
    const client = await installClient();
    for (const words of [
      ["marketplace", "add", join(sandbox.project, "market")],
      ["install", "tidy@market"],
    ])
      execFileSync(client, ["plugin", ...words], { cwd: sandbox.project, env, stdio: "pipe" });
    await rolecall("init", "--hooks", "--yes");
    api.setRules(callEach(["tidy:my-reviewer"]));
    await run("go");
    expect(sentBy(api)["tidy:my-reviewer"]).toBe("claude-sonnet-5-5 high");
  });

  it("the newest known client honours them as well", async () => {
    await rolecall("init", "--hooks", "--yes");
    api.setRules(callEach(["Explore", "coder", "fixed"]));
    await run("go", {}, KNOWN_VERSION);
    expect(sentBy(api)).toEqual({
      main: "claude-opus-5-5 medium",
      Explore: "claude-haiku-5-5 low",
      coder: "claude-haiku-5-5 low",
      fixed: "claude-fable-5-2 medium",
    });
  });

  it("the policy's model and effort go over the wire; with the kill switch everything is as without rolecall", async () => {
    api.setRules(callEach(CALLED));
    await run("go");
    const before = sentBy(api);
    api.requests.length = 0;
    await rolecall("init", "--hooks", "--yes");
    const { exitCode } = await run("go");
    expect(exitCode).toBe(0);
    expect(sentBy(api)).toEqual({
      main: "claude-opus-5-5 medium",
      "general-purpose": "claude-haiku-5-5 low",
      Explore: "claude-haiku-5-5 low",
      coder: "claude-haiku-5-5 low",
      "my-reviewer": "claude-sonnet-5-5 high",
      fixed: before["fixed"],
      unknown: before["unknown"],
    });
    const log = await decisions();
    expect(
      Object.fromEntries(log.map(({ agent: name, decision, why }) => [name, `${decision}: ${why}`])),
    ).toMatchObject({
      coder: expect.stringMatching(/^haiku low: role implementer of the policy/) as string,
      fixed: "left: its file names fable",
      unknown: "left: the policy has no role for it",
    });
    expect(JSON.stringify(log)).not.toContain("You are");

    api.requests.length = 0;
    await run("go", { ROLECALL_HOOKS: "off" });
    expect(sentBy(api)).toEqual(before);
    expect(await decisions()).toHaveLength(log.length);
  });

  it("a model that the call, or the user's environment, names stays", async () => {
    await rolecall("init", "--hooks", "--yes");
    api.setRules(call({ subagent_type: "coder", model: "sonnet" }));
    await run("go");
    expect(sentBy(api)["coder"]).toBe("claude-sonnet-5-5 medium");
    api.requests.length = 0;
    api.setRules(call({ subagent_type: "coder" }));
    await run("go", { CLAUDE_CODE_SUBAGENT_MODEL: "sonnet" });
    expect(sentBy(api)["coder"]).toBe("claude-sonnet-5-5 medium");
    expect((await decisions()).map(({ why }) => why)).toEqual([
      "the call names sonnet",
      "CLAUDE_CODE_SUBAGENT_MODEL names sonnet",
    ]);
  });

  it("a verification that fails twice puts the next call of the agent one tier up", async () => {
    await rolecall("init", "--hooks", "--yes");
    const bash = { tool: "Bash", input: { command: "./verify.sh", description: "Verify" } };
    const coder = {
      tool: "Agent",
      input: {
        description: "coder",
        prompt: "You are coder.",
        subagent_type: "coder",
        run_in_background: false,
      },
    };
    api.setRules([
      { name: "agent", when: { kind: "sub" }, reply: { blocks: [{ text: "Done." }] } },
      step("first call", [coder]),
      step("fails", [bash]),
      step("fails again", [bash]),
      step("second call", [coder]),
      { name: "end", when: { kind: "main" }, reply: { blocks: [{ text: "All done." }] } },
    ]);
    await run("go");
    const models = api.requests.filter(({ kind }) => kind === "sub").map(({ model }) => model);
    expect(models).toEqual(["claude-haiku-5-5", "claude-sonnet-5-5"]);
    expect(JSON.stringify(api.requests.map(({ body }) => body))).toContain(
      "a verification failed 2 times in this task. The next call of coder runs on sonnet",
    );
    expect((await decisions()).map(({ event, decision }) => `${event} ${decision}`)).toEqual([
      "PreToolUse haiku low",
      "PostToolUseFailure failed 1 of 2",
      "PostToolUseFailure failed 2 of 2",
      "PreToolUse sonnet",
    ]);
  });

  it("a model switch is priced before it happens, and refused where the policy asks and nobody can answer", async () => {
    await rolecall("init", "--hooks", "--yes");
    api.setRules([{ name: "hi", when: { kind: "main" }, reply: { blocks: [{ text: "Hi." }] } }]);
    const told = await switchModel(sandbox, api, "haiku");
    expect(told).toMatch(
      /rolecall: this switch re-writes \d+ tokens, about \$[\d.]+; (?:a new session costs about \$[\d.]+; )?the policy has opus here\./,
    );
    expect(mainModels()).toEqual(["claude-sonnet-5-5", "claude-haiku-5-5"]);

    api.requests.length = 0;
    sandbox.write("rolecall.yaml", `${POLICY}hooks: { modelSwitch: ask }\n`);
    await rolecall("apply", "--yes");
    const asked = await switchModel(sandbox, api, "haiku");
    expect(asked).toContain("Model switch blocked by a PreModelSwitch hook: rolecall: this switch re-writes");
    expect(mainModels()).toEqual(["claude-sonnet-5-5", "claude-sonnet-5-5"]);
    expect((await decisions()).map(({ event, decision }) => `${event} ${decision}`)).toEqual([
      "PreModelSwitch tell",
      "PreModelSwitch ask",
    ]);
  });

  it("a trial puts its model into calls until it ends", { timeout: 300_000 }, async () => {
    await rolecall("init", "--hooks", "--yes");
    sandbox.write("rolecall.yaml", "version: 1\nroles:\n  explorer: { tier: opus }\n");
    await rolecall("apply", "--yes");
    for (const topics of TOPICS) expect(await explore(topics)).toEqual(["claude-opus-5-5"]);
    const { recommendations } = JSON.parse(await rolecall("recommend", "--json")) as {
      recommendations: { id: string; subject: { agent: string } }[];
    };
    const id = recommendations.find(({ subject }) => subject.agent === "Explore")?.id ?? "";
    await rolecall("recommend", "--apply", id, "--yes");
    expect(await explore(["cookie banner"])).toEqual(["claude-haiku-5-5"]);
    expect((await decisions()).at(-1)).toMatchObject({ agent: "Explore", why: `trial ${id}` });
    await rolecall("impact", "--revert", id, "--yes");
    expect(await explore(["gift cards"])).toEqual(["claude-opus-5-5"]);
    expect((await decisions()).at(-1)?.why).toMatch(/^role explorer of the policy/);
  });

  it("undo, and --no-hooks, leave every byte as it was", async () => {
    sandbox.write(".claude/settings.local.json", '{ "permissions": {"allow": ["Bash(ls:*)"]} }');
    commitAll(sandbox.project);
    const settings = () => readFileSync(join(sandbox.project, ".claude/settings.local.json"), "utf8");
    const before = settings();
    for (const back of [
      ["undo", "--yes"],
      ["init", "--no-hooks", "--no-statusline", "--yes"],
    ]) {
      await rolecall("init", "--hooks", "--statusline", "--yes");
      expect(settings()).toContain("hook PreToolUse");
      await rolecall(...back);
      expect(settings()).toBe(before);
      expect(() => readFileSync(join(sandbox.home, ".local/state/rolecall/hooks.log"))).toThrow("ENOENT");
    }
  });
});
