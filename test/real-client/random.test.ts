import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { EFFORTS, FAMILIES } from "../../src/domain/model.ts";
import { explain } from "../../src/operations/explain.ts";
import { clientEnv, CLIENT_VERSION, installClient, makeSandbox, runClient } from "../helpers/real-client.ts";
import { startScriptedApi } from "../helpers/scripted-api.ts";
import { agentFile } from "../helpers/tree.ts";

const SEED = Number(process.env["SEED"] ?? 7);
const RUNS = Number(process.env["RUNS"] ?? 3);

const IDS = [
  "claude-opus-5-5",
  "claude-opus-4-7",
  "claude-opus-4-6",
  "claude-opus-4-5",
  "claude-opus-4-1",
  "claude-sonnet-5-5",
  "claude-sonnet-4-6",
  "claude-sonnet-4-5",
  "claude-haiku-5-5",
  "claude-haiku-4-5",
  "claude-fable-5-2",
  "claude-fable-5-1",
] as const;
const ODD_NAMES = [
  "best",
  "opusplan",
  "gpt-5",
  "Opus",
  "opus[1m]",
  "default",
  "claude-sonnet-4.6",
  "inherit",
] as const;
const ODD_EFFORTS = [...EFFORTS, "banana", "auto", "HIGH", "3"] as const;

beforeAll(async () => void (await installClient()));

it.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  "a random set-up runs as explain says (seed %i)",
  async (seed) => {
    const dice = createDice(seed);
    const agents = Array.from({ length: 6 }, (_, index) => `a${index}`);
    const sandbox = makeSandbox();
    const calls = [...agents, "Explore", "Plan", "general-purpose"].map((name) => ({
      name,
      call: dice.maybe({ model: [0.15, dice.alias], effort: [0.1, dice.effort] }),
    }));
    const blocks = calls.map(({ name, call }) => ({
      tool: "Agent",
      input: {
        description: name,
        prompt: `You are ${name}.`,
        subagent_type: name,
        run_in_background: false,
        ...call,
      },
    }));
    const api = await startScriptedApi({
      rules: [
        { name: "agent", when: { kind: "sub" }, reply: { blocks: [{ text: "Done." }] } },
        { name: "end", when: { kind: "main", toolResult: true }, reply: { blocks: [{ text: "All done." }] } },
        { name: "call", when: { kind: "main" }, reply: { blocks } },
      ],
    });
    try {
      for (const name of agents)
        sandbox.write(
          `.claude/agents/${name}.md`,
          agentFile(name, dice.maybe({ model: [0.75, dice.model], effort: [0.4, dice.oddEffort] })),
        );
      mkdirSync(sandbox.configDir, { recursive: true });
      writeFileSync(join(sandbox.configDir, "settings.json"), JSON.stringify(dice.settings()));
      sandbox.write(".claude/settings.json", JSON.stringify(dice.settings()));
      const variables = dice.variables();
      const session = dice.maybe({ model: [0.45, dice.model], effort: [0.25, dice.effort] });
      const mode = dice.chance(0.35) ? "plan" : "default";
      await runClient(sandbox, api, { prompt: "Go.", args: flags(session, mode), env: variables });
      const env = { ...clientEnv(sandbox, api), ...variables };
      const place = {
        cwd: sandbox.project,
        env,
        session: { ...session, mode },
        version: CLIENT_VERSION,
      } as const;

      const said: Record<string, string> = {};
      for (const { name, call } of [{ name: "main", call: {} }, ...calls]) {
        const { model, effort } = await explain({ ...place, name, call });
        said[name] = `${model} ${effort ?? "none"}`;
      }
      const sent: Record<string, string> = {};
      for (const { kind, model, effort, firstUser } of api.requests) {
        const name = kind === "main" ? "main" : /You are ([\w-]+)\./.exec(firstUser)?.[1];
        if (kind !== "side" && name) sent[name] ??= `${model} ${effort ?? "none"}`;
      }
      expect(sent).toEqual(said);
    } finally {
      await api.stop();
      sandbox.remove();
    }
  },
);

function flags(session: Record<string, string>, mode: string): string[] {
  return [
    ...(session["model"] ? ["--model", session["model"]] : []),
    ...(session["effort"] ? ["--effort", session["effort"]] : []),
    ...(mode === "plan" ? ["--permission-mode", "plan"] : []),
  ];
}

type Throws = Record<string, readonly [chance: number, value: () => unknown]>;

/** Random choices that a seed repeats (a linear congruential generator; Numerical Recipes' constants). */
function createDice(seed: number) {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const chance = (share: number) => next() < share;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const alias = () => pick(FAMILIES);
  const effort = () => pick(EFFORTS);
  const oddEffort = () => pick(ODD_EFFORTS);
  const model = () => (chance(0.5) ? alias() : chance(0.6) ? pick(IDS) : pick(ODD_NAMES));
  const throwAll = (throws: Throws) =>
    Object.fromEntries(
      Object.entries(throws).flatMap(([key, [share, value]]) => (chance(share) ? [[key, value()]] : [])),
    );
  const maybe = (throws: Throws) => throwAll(throws) as Record<string, string>;
  const variables = () =>
    maybe({
      CLAUDE_CODE_SUBAGENT_MODEL: [0.3, model],
      CLAUDE_CODE_SUBAGENT_MODEL_FORCE: [0.1, () => pick(["1", "0", "true"])],
      CLAUDE_CODE_EFFORT_LEVEL: [0.08, oddEffort],
      CLAUDE_CODE_SUBAGENT_EFFORT: [0.15, oddEffort],
      ANTHROPIC_MODEL: [0.15, model],
      ANTHROPIC_DEFAULT_OPUS_MODEL: [0.08, () => pick(IDS)],
      ANTHROPIC_DEFAULT_SONNET_MODEL: [0.08, () => pick(IDS)],
    });
  const settings = () => ({
    useAutoModeDuringPlan: false,
    ...throwAll({
      model: [0.4, model],
      effortLevel: [0.25, oddEffort],
      maxEffortLevel: [0.15, effort],
      modelSettings: [0.3, () => ({ [pick(IDS)]: { effortLevel: oddEffort() } })],
      availableModels: [0.15, () => [alias(), pick(IDS)]],
      env: [0.3, variables],
      fallbackModel: [0.1, () => pick(["sonnet", ["sonnet", "haiku"]])],
    }),
  });
  return { chance, alias, effort, oddEffort, model, maybe, variables, settings };
}
