import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientEnv, makeSandbox, runClient, type Sandbox } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

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
  ["cookie banner", "address lookup", "stock levels", "gift cards", "coupon codes", "shipping labels"],
] as const;

/** The session gives each topic to an explorer of its own; each reads a file and reports. */
const explores = (topics: readonly string[]): readonly Rule[] => [
  {
    name: "look",
    when: { kind: "sub", toolResult: false },
    reply: {
      blocks: [{ tool: "Read", input: { file_path: "README.md" } }],
      usage: { input_tokens: 3000, output_tokens: 200 },
    },
  },
  {
    name: "report",
    when: { kind: "sub" },
    reply: { blocks: [{ text: "It is in README.md." }], usage: { input_tokens: 4000, output_tokens: 300 } },
  },
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

let sandbox: Sandbox;
let api: ScriptedApi;

beforeEach(async () => {
  api = await startScriptedApi();
  sandbox = makeSandbox({
    "rolecall.yaml": "version: 1\nroles:\n  # for now\n  explorer:\n    tier: opus\n",
  });
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

async function rolecall(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await startRolecall(args, {
    cwd: sandbox.project,
    env: clientEnv(sandbox, api),
  }).ended;
  expect({ args, exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return stdout;
}

/** Runs a session that calls explorers, and says on which models these ran. */
async function explore(topics: readonly string[]): Promise<string[]> {
  api.requests.length = 0;
  api.setRules(explores(topics));
  await runClient(sandbox, api, { prompt: `Find ${topics.join(", ")}`, args: ["--model", "opus"] });
  const explorers = api.requests.filter(({ kind }) => kind === "sub");
  expect(explorers).toHaveLength(2 * topics.length);
  return [...new Set(explorers.map(({ model }) => model))];
}

const agentFile = () => readFileSync(join(sandbox.project, ".claude/agents/Explore.md"), "utf8");
const policyFile = () => readFileSync(join(sandbox.project, "rolecall.yaml"), "utf8");

describe("the loop with the real client", () => {
  it("explorers run on Opus, advice is taken, and the next ones run on Haiku; undo brings Opus back", async () => {
    await rolecall("apply", "--yes");
    for (const topics of TOPICS) expect(await explore(topics)).toEqual(["claude-opus-5-5"]);

    const before = policyFile();
    const { recommendations } = JSON.parse(await rolecall("recommend", "--json")) as {
      recommendations: { id: string; subject: object; current: object; proposed: object }[];
    };
    expect(recommendations).toMatchObject([
      {
        subject: { role: "explorer", agent: "Explore" },
        current: { model: "claude-opus-5-5" },
        proposed: { model: "claude-haiku-5-5" },
      },
    ]);
    await rolecall("recommend", "--apply", recommendations[0]?.id ?? "", "--yes");
    expect(agentFile()).toMatch(/^model: haiku$/m);
    expect(policyFile()).toContain("# for now");
    await rolecall("check");
    expect(await explore(TOPICS[0])).toEqual(["claude-haiku-5-5"]);

    await rolecall("undo", "--yes");
    expect(policyFile()).toBe(before);
    expect(await explore(TOPICS[1])).toEqual(["claude-opus-5-5"]);
  });

  it("what rolecall counts is what the API answered, agent by agent", async () => {
    await rolecall("apply", "--yes");
    await explore(TOPICS[0]);
    const { rows } = JSON.parse(await rolecall("spend", "--by", "agent,model", "--json")) as {
      rows: { key: { agent: string; model: string }; requests: number; tokens: { output: number } }[];
    };
    const counted = rows.map(({ key, requests, tokens }) => [key.agent, key.model, requests, tokens.output]);
    const answered = Map.groupBy(api.requests, ({ kind }) => kind);
    expect(counted).toEqual(
      (["sub", "main"] as const).map((kind) => {
        const requests = answered.get(kind) ?? [];
        const output = requests.reduce(
          (sum, { answered }) => sum + (answered.message?.usage.output_tokens ?? 0),
          0,
        );
        return [kind === "sub" ? "Explore" : "main", "claude-opus-5-5", requests.length, output];
      }),
    );
  });
});
