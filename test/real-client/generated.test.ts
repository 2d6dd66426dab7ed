import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { explain } from "../../src/operations/explain.ts";
import { applyPlan, loadPlan } from "../../src/agents/load-plan.ts";
import {
  clientEnv,
  CLIENT_VERSION,
  installClient,
  makeSandbox,
  runClient,
  type Sandbox,
} from "../helpers/real-client.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";
import { callEach, sentBy, type Wire } from "./calls.ts";

/** The agents that rolecall generates: one per role, and one in the place of the built-in Explore. */
const AGENTS = [
  "planner",
  "implementer",
  "reviewer",
  "explorer",
  "test-writer",
  "formatter",
  "commit-and-docs",
  "security-reviewer",
  "debugger",
  "architect",
  "Explore",
] as const;
/** Agents that nobody wrote a file for: they take the default or the session's model. */
const OTHERS = ["general-purpose", "Plan"] as const;

let sandbox: Sandbox | undefined;
let api: ScriptedApi | undefined;

beforeAll(async () => void (await installClient()));
afterEach(async () => {
  await api?.stop();
  sandbox?.remove();
});

interface Case {
  policy: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** More settings, besides those that are generated. */
  settings?: string;
  agents?: readonly string[];
  session?: { model?: string; mode?: "plan" | "default" };
  rules?: readonly Rule[];
}

/** Generates agents and settings for a policy, has the real client call every agent, and asks `explain` the same. */
async function compare({
  policy,
  args = [],
  env = {},
  settings,
  agents = [...AGENTS, ...OTHERS],
  session = {},
  rules = [],
}: Case) {
  sandbox = makeSandbox({ "rolecall.yaml": policy });
  if (settings) sandbox.write(".claude/settings.local.json", settings);
  api = await startScriptedApi({ rules: [...rules, ...callEach(agents)] });
  const place = { cwd: sandbox.project, env: { ...clientEnv(sandbox, api), ...env } };
  applyPlan(await loadPlan(place), Date.now());
  const { stderr } = await runClient(sandbox, api, { prompt: "Go.", args, env });
  const said: Wire = {};
  for (const name of ["main", ...agents]) {
    const { model, effort } = await explain({ ...place, name, session, version: CLIENT_VERSION });
    said[name] = `${model} ${effort ?? "none"}`;
  }
  return { sent: sentBy(api), said, stderr };
}

describe("the real client over what rolecall generates", () => {
  it("offers the agents with their descriptions and least tools, and the workflow as a skill", async () => {
    sandbox = makeSandbox({ "rolecall.yaml": "preset: balanced\n" });
    api = await startScriptedApi({ keepBodies: true });
    const { policy, ...plan } = await loadPlan({ cwd: sandbox.project, env: clientEnv(sandbox, api) });
    applyPlan(plan, Date.now());
    await runClient(sandbox, api, { prompt: "Hello" });
    const offered = api.requests.map(({ body }) => JSON.stringify(body?.messages)).join("\n");
    expect(offered).toContain("five-phases: Carries out a change in five phases");
    for (const { role, purpose, tools } of policy.roles.values())
      expect(offered).toContain(`- ${role}: ${purpose} (Tools: ${tools?.join(", ")})`);
  });

  it.each(["balanced", "frugal", "quality", "subscription"])(
    "runs every role of preset %s as explain says",
    async (preset) => {
      const { sent, said } = await compare({ policy: `preset: ${preset}\n` });
      expect(sent).toEqual(said);
      expect(Object.keys(sent)).toHaveLength(AGENTS.length + OTHERS.length + 1);
    },
  );

  it("runs Opus in plan mode and Sonnet outside of it under opusplan, and agents that inherit with it", async () => {
    const settings = '{"useAutoModeDuringPlan": false}';
    const agents = ["planner", "explorer", "Plan", "general-purpose"];
    const plan = await compare({
      policy: "main:\n  model: opusplan\n  subagentModel: inherit\n",
      args: ["--permission-mode", "plan"],
      settings,
      agents,
      session: { mode: "plan" },
    });
    expect(plan.sent).toEqual(plan.said);
    expect(plan.sent["main"]).toMatch(TIER_MODELS.opus);
    expect(plan.sent["Plan"]).toMatch(TIER_MODELS.opus);
    await api?.stop();
    sandbox?.remove();
    const work = await compare({
      policy: "main:\n  model: opusplan\n  subagentModel: inherit\n",
      settings,
      agents,
    });
    expect(work.sent).toEqual(work.said);
    expect(work.sent["main"]).toMatch(TIER_MODELS.sonnet);
    expect(work.sent["general-purpose"]).toMatch(TIER_MODELS.sonnet);
  });

  it("obeys the generated default for agents over one in the shell, and both leave the roles alone", async () => {
    const env = { CLAUDE_CODE_SUBAGENT_MODEL: "opus" };
    const { sent, said } = await compare({ policy: "main:\n  subagentModel: haiku\n", env });
    expect(sent).toEqual(said);
    expect(sent["general-purpose"]).toMatch(TIER_MODELS.haiku);
    expect(sent["reviewer"]).toMatch(TIER_MODELS.opus);
  });

  it("puts everything on one model where the environment forces it, as explain says beforehand", async () => {
    const env = { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" };
    const { sent, said } = await compare({ policy: "preset: balanced\n", env });
    expect(sent).toEqual(said);
    expect(sent["reviewer"]).toMatch(TIER_MODELS.sonnet);
  });

  it("sends the efforts of the policy: the session's own, and an agent's on the session's model", async () => {
    const policy =
      "main:\n  model: opus\n  effort: high\nroles:\n  formatter:\n    model: claude-sonnet-4-6\n    effort: max\n  debugger:\n    model: inherit\n";
    const { sent, said } = await compare({ policy });
    expect(sent).toEqual(said);
    expect(sent["main"]).toBe(`${TIER_MODELS.opus} high`);
    expect(sent["formatter"]).toBe("claude-sonnet-4-6 max");
    expect(sent["debugger"]).toBe(`${TIER_MODELS.opus} medium`);
  });

  it("goes down the generated fallback chain when models are not available", async () => {
    const overloaded = { status: 529, error: { type: "overloaded_error", message: "Overloaded" } };
    const { sent } = await compare({
      policy: "main:\n  model: opus\n  fallbackModel: [sonnet, haiku]\n",
      agents: ["reviewer"],
      rules: ["opus", "sonnet"].map((model) => ({ name: `no ${model}`, when: { model }, reply: overloaded })),
    });
    const tried = api?.requests.filter(({ kind }) => kind === "main").map(({ model }) => model);
    expect([...new Set(tried)]).toEqual([TIER_MODELS.opus, TIER_MODELS.sonnet, TIER_MODELS.haiku]);
    expect(sent).toEqual({ main: `${TIER_MODELS.haiku} medium`, reviewer: `${TIER_MODELS.haiku} medium` });
  });
});
