import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { writeTaskScript } from "../helpers/task-script.ts";
import { writeTree } from "../helpers/tree.ts";

const SCRIPT = `session mixed sonnet
> 修复订单导出的错误
= accepted generative debugging
edit src/export.js | a | b
> Add a test for it
= unknown generative code-generation
edit test/export.test.js | a | b
`;

it("fallbacks says how many prompts are not in English, because complaints in them are missed", async () => {
  const root = writeTree({});
  writeTaskScript(SCRIPT, "foreign", root);
  const { out } = await runCli(["fallbacks", "--all", "--claude-dir", root]);
  expect(out).toContain("Not in English: 1 of 2 prompts. Their words are not understood, so more complaints");
  const { out: json } = await runCli(["fallbacks", "--all", "--json", "--claude-dir", root]);
  expect(JSON.parse(json)).toMatchObject({ foreignPrompts: 1 });
});

it("fallbacks does not mention languages where all prompts are in English", async () => {
  const root = writeTree({});
  writeTaskScript(SCRIPT.replace("修复订单导出的错误", "Fix the export of orders"), "english", root);
  const { out } = await runCli(["fallbacks", "--all", "--claude-dir", root]);
  expect(out).toContain("Success by tier");
  expect(out).not.toContain("Not in English");
});
