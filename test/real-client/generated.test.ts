import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { explain } from "../../src/operations/explain.ts";
import { applyPlan, loadPlan } from "../../src/agents/load-plan.ts";
import { agentNames } from "../../src/agents/wanted.ts";
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

/** The agents that rolecall generates: one per role, those of explorer and planner in the place of built-in ones. */
const AGENTS = [
  "Plan",
  "implementer",
  "reviewer",
  "Explore",
  "test-writer",
  "formatter",
  "commit-and-docs",
  "security-reviewer",
  "debugger",
  "architect",
] as const;
/** Agents that nobody wrote a file for: they take the default or the session's model. */
const OTHERS = ["general-purpose", "claude"] as const;

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

/** Generates the agents, unless told otherwise, and returns the listing that the client gives to the model. */
async function offer(place: Sandbox, generate = true) {
  const listing = await startScriptedApi({ keepBodies: true });
  const { policy, ...plan } = await loadPlan({ cwd: place.project, env: clientEnv(place, listing) });
  if (generate) applyPlan(plan, Date.now());
  await runClient(place, listing, { prompt: "Hello" });
  const offered = listing.requests.map(({ body }) => JSON.stringify(body?.messages)).join("\n");
  await listing.stop();
  const [, text = ""] = /Available agent types for the Agent tool:\\n(.*?)\\n\\n/.exec(offered) ?? [];
  const lines = text.split("\\n").map((line) => /^- ([^:]+): (.*)$/.exec(line) ?? []);
  const names = lines.map(([, name = ""]) => name);
  return { offered, policy, names, listing: new Map(lines.map(([, name = "", said = ""]) => [name, said])) };
}

/** Characters of a listing. */
function sizeOf(listing: ReadonlyMap<string, string>): number {
  return [...listing].reduce((sum, [name, said]) => sum + `- ${name}: ${said}\n`.length, 0);
}

describe("the real client over what rolecall generates", () => {
  it("offers the agents with their descriptions and least tools, and the workflow as a skill", async () => {
    sandbox = makeSandbox({ "rolecall.yaml": "preset: balanced\n" });
    const { listing, offered, policy } = await offer(sandbox);
    expect(offered).toContain("five-phases: Carries out a change in five phases");
    for (const role of policy.roles.values())
      for (const name of agentNames(role))
        expect(listing.get(name)).toBe(`${role.purpose} (Tools: ${role.tools?.join(", ")})`);
  });

  it("lists every agent once, with descriptions that differ, at a price of less than 900 tokens", async () => {
    sandbox = makeSandbox();
    const plain = await offer(sandbox, false);
    sandbox.write("rolecall.yaml", "preset: balanced\n");
    const { listing, names } = await offer(sandbox);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set([...listing.values()].map((text) => text.slice(0, 40))).size).toBe(listing.size);
    // Explore and Plan take the place of built-in agents; eight are new.
    expect(listing.size - plain.listing.size).toBe(8);
    // Four characters are about one token of English.
    expect((sizeOf(listing) - sizeOf(plain.listing)) / 4).toBeLessThan(900);
    for (const name of AGENTS)
      expect(listing.get(name)).toMatch(/\bUse (?:proactively )?(?:after|before|when|to|for)\b/);
  });

  it("lets agents of the user's win: a name that exists keeps its file, and a role that is filled gets none", async () => {
    const mine = "---\nname: reviewer\ndescription: Mine.\nmodel: sonnet\n---\nMine.\n";
    sandbox = makeSandbox({
      ".claude/agents/r.md": mine,
      ".claude/agents/p.md": mine.replace("reviewer", "code-explorer"),
    });
    sandbox.write("rolecall.yaml", 'roles:\n  explorer:\n    agents: ["code-explorer"]\n');
    const { listing } = await offer(sandbox);
    expect(listing.get("reviewer")).toMatch(/^Mine\./);
    expect(listing.get("Explore")).toMatch(/^Read-only search agent/);
  });

  it("keeps what the built-in Explore has: commands, and no CLAUDE.md", async () => {
    const files = { "CLAUDE.md": "MARK-OF-CLAUDE-MD\n" };
    const tools: Record<string, string[]> = {};
    for (const policy of [undefined, "preset: balanced\n"]) {
      sandbox = makeSandbox(policy === undefined ? files : { ...files, "rolecall.yaml": policy });
      if (policy) await offer(sandbox);
      api = await startScriptedApi({ rules: callEach(["Explore", "general-purpose"]), keepBodies: true });
      await runClient(sandbox, api, { prompt: "Go." });
      const seen = Object.fromEntries(
        api.requests
          .filter(({ kind }) => kind === "sub")
          .map(({ firstUser, body }) => [
            /You are ([^.]+)\./.exec(firstUser)?.[1] ?? "",
            JSON.stringify(body),
          ]),
      );
      expect(seen["general-purpose"]).toContain("MARK-OF-CLAUDE-MD");
      expect(seen["Explore"]).not.toContain("MARK-OF-CLAUDE-MD");
      tools[policy ?? ""] = [...(seen["Explore"] ?? "").matchAll(/"name":"(Bash|Read|Edit|Write)"/g)].map(
        ([, name = ""]) => name,
      );
      await api.stop();
      sandbox.remove();
    }
    for (const names of Object.values(tools)) expect([...new Set(names)].sort()).toEqual(["Bash", "Read"]);
  });

  it("stops an agent at its maxTurns and asks its caller whether to go on", async () => {
    sandbox = makeSandbox({ "rolecall.yaml": "roles:\n  explorer:\n    maxTurns: 3\n" });
    await offer(sandbox);
    const again = { blocks: [{ tool: "Bash", input: { command: "ls", description: "List" } }] };
    const [, ...others] = callEach(["Explore"]);
    api = await startScriptedApi({
      rules: [{ name: "again", when: { kind: "sub" }, reply: again }, ...others],
      keepBodies: true,
    });
    await runClient(sandbox, api, { prompt: "Go." });
    expect(api.requests.filter(({ kind }) => kind === "sub")).toHaveLength(3);
    expect(JSON.stringify(api.requests.at(-1)?.body)).toContain("stopped at its 3-turn limit");
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
    const agents = ["Plan", "Explore", "claude", "general-purpose"];
    const plan = await compare({
      policy: "main:\n  model: opusplan\n  subagentModel: inherit\n",
      args: ["--permission-mode", "plan"],
      settings,
      agents,
      session: { mode: "plan" },
    });
    expect(plan.sent).toEqual(plan.said);
    expect(plan.sent["main"]).toMatch(TIER_MODELS.opus);
    expect(plan.sent["claude"]).toMatch(TIER_MODELS.opus);
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
