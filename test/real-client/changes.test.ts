import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyChanges } from "../../src/agents/apply.ts";
import { type ChangePlan, planPatches } from "../../src/agents/plan-change.ts";
import { planRevert, revertWrites } from "../../src/agents/revert-change.ts";
import type { Patch } from "../../src/domain/simulation.ts";
import {
  type ClientRun,
  clientEnv,
  makeSandbox,
  runClient,
  type Sandbox,
  transcriptsOf,
} from "../helpers/real-client.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";
import { twoHoursAgo } from "./calls.ts";

const MODEL = ["--model", "claude-sonnet-5-5"];
const SETTINGS = '{\n  "theme": "dark"\n}\n';
const AT = Date.parse("2026-11-20T10:00:00Z");

let sandbox: Sandbox;
let api: ScriptedApi;

beforeEach(async () => {
  api = await startScriptedApi({ keepBodies: true });
  sandbox = makeSandbox();
  writeFileSync(join(sandbox.configDir, "settings.json"), SETTINGS);
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

const settings = () => readFileSync(join(sandbox.configDir, "settings.json"), "utf8");

async function apply(patch: Patch): Promise<ChangePlan> {
  const plan = await planPatches({ cwd: sandbox.project, env: clientEnv(sandbox, api) }, [patch]);
  applyChanges(plan.target, plan.changes, new Date(AT));
  expect(settings()).not.toBe(SETTINGS);
  return plan;
}

function revert({ target, writes }: ChangePlan): void {
  const moment = new Date(AT).toISOString();
  revertWrites(target, moment, planRevert(target, moment, writes), new Date(AT + 1000));
  expect(settings()).toBe(SETTINGS);
}

/** Every answer says that the prompt was as long. */
const answers = (tokens: number): readonly Rule[] => [
  {
    name: "answer",
    when: {},
    reply: { blocks: [{ text: "Done." }], usage: { input_tokens: tokens, output_tokens: 20 } },
  },
];

/** A few look-ups before the answer. */
const looksUp = (times: number, tokens: number): readonly Rule[] => [
  {
    name: "look",
    when: { kind: "main" },
    times,
    reply: {
      blocks: [{ tool: "Read", input: { file_path: "README.md" } }],
      usage: { input_tokens: tokens, output_tokens: 20 },
    },
  },
  ...answers(tokens),
];

/** One prompt, and another in the same session. */
async function twoPrompts(
  env: Readonly<Record<string, string>> = {},
  between = () => {},
): Promise<ClientRun[]> {
  const first = await runClient(sandbox, api, { prompt: "Look around", args: MODEL, env });
  between();
  const resumed = [...MODEL, "--resume", first.result.session_id];
  return [first, await runClient(sandbox, api, { prompt: "Go on", args: resumed, env })];
}

const transcripts = () =>
  transcriptsOf(sandbox)
    .map((path) => readFileSync(path, "utf8"))
    .join("");

const compactions = () => transcripts().split('"subtype":"compact_boundary"').length - 1;

describe("what advice writes, in the real client", () => {
  it("autoCompactWindow compacts above the window, and no more once it is reverted", async () => {
    api.setRules(looksUp(4, 120_000));
    const plan = await apply({ type: "settings", scope: "user", values: { autoCompactWindow: 100_000 } });
    await twoPrompts();
    expect(compactions()).toBeGreaterThan(0);
    revert(plan);
    const before = compactions();
    api.setRules(looksUp(4, 120_000));
    await twoPrompts();
    expect(compactions()).toBe(before);
  });

  it("promptCacheTtl asks for the one-hour cache, and no more once it is reverted", async () => {
    const lifetimes = () =>
      api.requests
        .filter(({ kind }) => kind === "main")
        .map(({ body }) => JSON.stringify(body).includes('"ttl":"1h"'));
    const plan = await apply({ type: "settings", scope: "user", values: { promptCacheTtl: "1h" } });
    await runClient(sandbox, api, { prompt: "Look around", args: MODEL });
    expect(lifetimes()).toContain(true);
    revert(plan);
    const before = api.requests.length;
    await runClient(sandbox, api, { prompt: "Look around", args: MODEL });
    expect(api.requests.slice(before).some(({ body }) => JSON.stringify(body).includes('"ttl":"1h"'))).toBe(
      false,
    );
  });

  it("the hook warns before an expensive prompt on a cold cache", async () => {
    api.setRules(answers(300_000));
    const bin = join(sandbox.root, "bin");
    mkdirSync(bin);
    const cli = join(import.meta.dirname, "../../src/cli/bin.ts");
    writeFileSync(join(bin, "rolecall"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(join(bin, "rolecall"), 0o755);
    const env = { PATH: `${bin}${delimiter}${process.env["PATH"]}` };
    const command = "rolecall hook UserPromptSubmit --above 0.50 --requests 8";
    const plan = await apply({ type: "hook", event: "UserPromptSubmit", command });
    const [, second] = await twoPrompts(env, () => {
      expect(transcripts()).not.toContain("Cold cache");
      for (const path of transcriptsOf(sandbox)) writeFileSync(path, twoHoursAgo(readFileSync(path, "utf8")));
    });
    expect(second?.result.result).toBe("Done.");
    expect(transcripts()).toMatch(/Cold cache, 300K tokens: about \$\d+\.\d\d to go on/);
    revert(plan);
  });
});
