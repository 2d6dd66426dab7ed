import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  installClient,
  makeSandbox,
  runClient,
  type Sandbox,
  transcriptsOf,
} from "../helpers/real-client.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

const EXPLORER = `---
name: explorer
description: Finds things
model: haiku
tools: Read, Grep
---
You find things.
`;

const CALLS_EXPLORER: readonly Rule[] = [
  { name: "report", when: { kind: "sub" }, reply: { blocks: [{ text: "It is in README.md." }] } },
  { name: "thanks", when: { kind: "main", toolResult: true }, reply: { blocks: [{ text: "Found it." }] } },
  {
    name: "call",
    when: { kind: "main" },
    reply: {
      blocks: [
        {
          tool: "Agent",
          input: {
            description: "find",
            prompt: "Where is it?",
            subagent_type: "explorer",
            run_in_background: false,
          },
        },
      ],
    },
  },
];

let sandbox: Sandbox | undefined;
let api: ScriptedApi | undefined;

beforeAll(async () => void (await installClient()));
afterEach(async () => {
  await api?.stop();
  sandbox?.remove();
});

describe("the real client against the scripted API", () => {
  it("answers a prompt on the model that was asked for, and writes a transcript", async () => {
    api = await startScriptedApi({
      rules: [
        {
          name: "hello",
          when: { kind: "main", prompt: "Say hello" },
          reply: { blocks: [{ text: "Hello." }] },
        },
      ],
    });
    sandbox = makeSandbox();
    const { exitCode, result } = await runClient(sandbox, api, {
      prompt: "Say hello",
      args: ["--model", "sonnet"],
    });

    expect({ exitCode, said: result.result }).toEqual({ exitCode: 0, said: "Hello." });
    const main = api.requests.filter(({ kind }) => kind === "main");
    expect(main.map(({ model, effort, rule }) => ({ model, effort, rule }))).toEqual([
      { model: "claude-sonnet-5-5", effort: "medium", rule: "hello" },
    ]);
    const lines = transcriptsOf(sandbox).map((file) => readFileSync(file, "utf8"));
    expect(lines.join("")).toContain(main[0]?.answered.message?.id);
  });

  it("sends a sub-agent's requests to the model of its agent file", async () => {
    api = await startScriptedApi({ rules: CALLS_EXPLORER });
    sandbox = makeSandbox({ ".claude/agents/explorer.md": EXPLORER });
    const { result } = await runClient(sandbox, api, { prompt: "Find it", args: ["--model", "opus"] });

    expect(result.result).toBe("Found it.");
    const sent = api.requests.filter(({ kind }) => kind !== "side");
    expect(sent.map(({ kind, model }) => `${kind} ${model}`)).toEqual([
      "main claude-opus-5-5",
      "sub claude-haiku-5-5",
      "main claude-opus-5-5",
    ]);
    expect(transcriptsOf(sandbox).filter((file) => file.includes("subagents"))).toHaveLength(1);
  });
});
