import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type ScriptedApi, startScriptedApi } from "../../helpers/scripted-api.ts";

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => api.stop());
beforeEach(() => {
  api.requests.length = 0;
  api.setRules([
    {
      name: "answers",
      reply: ({ prompt }) => ({
        blocks: [{ text: answerTo(prompt) }],
        usage: { input_tokens: 100, output_tokens: 100 },
      }),
    },
  ]);
});

/** What a capable model would answer to the prompts of the quick suite. */
function answerTo(prompt: string): string {
  if (prompt.includes("fibonacci")) return "```python\ndef fibonacci(n):\n    return n\n```";
  if (prompt.includes("Review")) return "It is open to SQL injection.";
  if (prompt.includes("vitest")) return "```ts\nexpect(add(1, 2)).toBe(3);\n```";
  if (prompt.includes("Document")) return "# Cart\n\nAdds prices up.";
  return "```js\nconst names = users.map(({ name }) => name);\n```";
}

async function play(args: readonly string[], key = "made-up") {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    env: { ...process.env, ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: key },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once("close", resolve)),
  ]);
  return { out, err, code };
}

it("live, the suite is played with the user's key, after an estimate", async () => {
  const { out, code } = await play(["quick", "--live", "--max-usd", "1"]);
  expect(out).toMatch(/^5 scenarios with your key: about \$0\.\d+, at most \$0\.\d+\./);
  expect(out).toContain("Success rate    5 (100%)");
  expect([code, api.requests.length]).toEqual([0, 5]);
});

it("nothing is sent without a limit, without a key, or if the estimate is above the limit", async () => {
  for (const [args, key] of [
    [["--live"], "made-up"],
    [["--live", "--max-usd", "x"], "made-up"],
    [["--live", "--max-usd", "1"], ""],
    [["--live", "--max-usd", "0.001"], "made-up"],
  ] as const)
    expect([args, (await play(args, key)).code]).toEqual([args, 2]);
  expect(api.requests).toEqual([]);
});

it("the limit holds for all scenarios together", async () => {
  api.setRules([{ name: "long", reply: { blocks: [{ text: "no" }], usage: { output_tokens: 1500 } } }]);
  const { out, code } = await play(["quick", "--live", "--max-usd", "0.06"]);
  expect(code).toBe(1);
  expect(out).toContain("budget");
  const spent = api.requests.length * 1500;
  expect(spent * 20e-6).toBeLessThan(0.1);
});
