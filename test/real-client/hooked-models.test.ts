import { expect, it } from "vitest";
import { explain } from "../../src/operations/explain.ts";
import { clientEnv, makeSandbox, runClient } from "../helpers/real-client.ts";
import { startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

const FORCE = { CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "1" };
const MODELS = ["opus", "inherit", "claude-opus-4-6", "gpt-5", "Opus", "opus[1m]", "default"];

/** Puts the word behind `hook=` in the prompt into the call as its model. */
const HOOK = `
const input = JSON.parse(require("node:fs").readFileSync(0, "utf8")).tool_input;
const model = /hook=(.*)/.exec(input.prompt)[1];
const hookSpecificOutput = { hookEventName: "PreToolUse", permissionDecision: "allow", updatedInput: { ...input, model } };
console.log(JSON.stringify({ hookSpecificOutput }));
`;

it.each<[string, Record<string, string>]>([
  ["2.1.332", {}],
  ["2.1.332", FORCE],
  ["2.1.329", {}],
  ["2.1.250", {}],
  ["2.1.100", {}],
])("a model that a hook puts into a call runs on %s with %j as explain says", async (version, env) => {
  const command = `${process.execPath} $CLAUDE_PROJECT_DIR/hook.js`;
  const sandbox = makeSandbox({
    "hook.js": HOOK,
    ".claude/agents/a.md": "---\nname: a\ndescription: Any.\nmodel: haiku\n---\nYou help.\n",
    ".claude/settings.json": JSON.stringify({
      hooks: { PreToolUse: [{ matcher: "Agent|Task", hooks: [{ type: "command", command }] }] },
    }),
  });
  const api = await startScriptedApi({ rules: callEach() });
  try {
    await runClient(sandbox, api, { prompt: "Go.", args: ["--model", "sonnet"], version, env });
    const sent: Record<string, string> = {};
    for (const { firstUser, model, effort } of api.requests) {
      const set = /^You are a\. hook=(.*)/.exec(firstUser)?.[1];
      if (set !== undefined) sent[set] ??= `${model} ${effort ?? "none"}`;
    }
    const said: Record<string, string> = {};
    for (const model of MODELS) {
      const { refused, ...runs } = await explain({
        name: "a",
        cwd: sandbox.project,
        env: { ...clientEnv(sandbox, api), ...env },
        managedDir: "/nonexistent",
        session: { model: "sonnet" },
        call: { model },
        version,
      });
      if (refused === undefined) said[model] = `${runs.model} ${runs.effort ?? "none"}`;
    }
    expect(sent).toEqual(said);
    expect(Object.keys(sent)).toContain("opus");
  } finally {
    await api.stop();
    sandbox.remove();
  }
});

function callEach(): Rule[] {
  const blocks = MODELS.map((model) => ({
    tool: "Agent",
    input: {
      description: "x",
      prompt: `You are a. hook=${model}`,
      subagent_type: "a",
      run_in_background: false,
    },
  }));
  return [
    { name: "agent", when: { firstUser: /^You are a/ }, reply: { blocks: [{ text: "Done." }] } },
    { name: "end", when: { toolResult: true }, reply: { blocks: [{ text: "All done." }] } },
    { name: "call", when: { kind: "main" }, reply: { blocks } },
  ];
}
