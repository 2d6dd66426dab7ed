import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { envWithClient, makeSandbox, type Sandbox } from "../helpers/real-client.ts";
import { startRolecall } from "../helpers/rolecall.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Rule } from "../helpers/scripted-rules.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/cascade.md"), "utf8");

const CART = "export function total(items) {\n  return items.length;\n}\n";
const TEST = `import assert from "node:assert";
import test from "node:test";
import { total } from "../src/cart.js";
test("prices count as often as there are items", () => assert.equal(total([{ price: 2, count: 3 }]), 6));
`;

/** A model that makes the total of `sum`. */
const writes = (model: string, sum: string): readonly Rule[] => [
  { name: "done", when: { model, kind: "main", toolResult: true }, reply: {} },
  {
    name: "write",
    when: { model, kind: "main" },
    reply: {
      blocks: [
        { tool: "Write", input: { file_path: "src/cart.js", content: CART.replace("items.length", sum) } },
      ],
      usage: { input_tokens: 20_000, output_tokens: 900 },
    },
  },
];

let sandbox: Sandbox;
let api: ScriptedApi;
beforeEach(async () => {
  api = await startScriptedApi({
    rules: [
      ...writes("haiku", "items.reduce((sum, item) => sum + item.price, 0)"),
      ...writes("sonnet", "items.reduce((sum, item) => sum + item.price * item.count, 0)"),
    ],
  });
  sandbox = makeSandbox({
    "package.json": '{ "type": "module" }\n',
    "src/cart.js": CART,
    "test/cart.test.js": TEST,
  });
});
afterEach(async () => {
  await api.stop();
  sandbox.remove();
});

it("the cascade of docs/cascade.md is what happens, but for how long it takes", async () => {
  const [, transcript = ""] =
    /replayed with the real client: cascade -->\s+```console\n\$ (.*?)```/s.exec(PAGE) ?? [];
  const [line = "", ...shown] = transcript.trimEnd().split("\n");
  const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const { exitCode, stdout, stderr } = await startRolecall(args.slice(1), {
    cwd: sandbox.project,
    env: await envWithClient(sandbox, api),
  }).ended;

  expect(exitCode).toBe(0);
  const [progress, applied] = stderr.split("Applied.");
  expect(timeless(`${progress}${stdout}Applied.${applied}`)).toBe(timeless(`${shown.join("\n")}\n`));
  expect(readFileSync(join(sandbox.project, "src/cart.js"), "utf8")).toContain("item.count");
});

/** Without durations, the widths that follow from them, and the id of the run. */
function timeless(text: string): string {
  return text
    .replaceAll(/\b[\da-f]{8}-[\da-f-]{27}\b/g, "RUN")
    .replaceAll(/\b(?:\d+m )?\d+m?s\b/g, "TIME")
    .replaceAll(/─+/g, "─")
    .replaceAll(/ +/g, " ");
}
