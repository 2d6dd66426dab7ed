import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readAgentMeta } from "../../src/transcripts/meta.ts";

// The texts are those that Claude Code 2.1.332 wrote.
it.each([
  [
    "an agent is of its type",
    `{"agentType":"fm-low","isBuiltIn":false,"description":"d","name":"t5","toolUseId":"toolu_1","spawnDepth":1,"model":"claude-sonnet-5-5","modelNotNamed":true}`,
    { agentType: "fm-low", askedModel: "claude-sonnet-5-5", toolUseId: "toolu_1", depth: 1 },
  ],
  [
    "a teammate is of its agent's type, not of its own name",
    `{"agentType":"t5","isBuiltIn":false,"description":"d","name":"t5","spawnDepth":0,"model":"sonnet","taskKind":"in_process_teammate","teamName":"session-77c21983","customAgentType":"fm-low","spawnedAgentType":"fm-low"}`,
    { agentType: "fm-low", askedModel: "sonnet", depth: 0 },
  ],
])("%s", (_, text, facts) => {
  const folder = mkdtempSync(join(tmpdir(), "rolecall-meta-"));
  writeFileSync(join(folder, "agent-at5-eb89d837c31d0f28.meta.json"), text);
  expect(readAgentMeta(join(folder, "agent-at5-eb89d837c31d0f28.jsonl"), true, () => 0)).toEqual(facts);
  rmSync(folder, { recursive: true });
});

const prompt = (content: string) => JSON.stringify({ type: "user", message: { role: "user", content } });
const withoutMeta = (content: string) =>
  readAgentMeta("agent-a1.jsonl", false, (to) => to.write(`${prompt(content)}\n${prompt("Warmup")}\n`));

it("an agent without a meta file is the client's own if its first prompt says so", () => {
  expect(withoutMeta("Warmup")).toEqual({ agentType: "Warmup" });
  expect(withoutMeta("Warmup of the cache")).toEqual({});
  expect(withoutMeta("Fix the parser")).toEqual({});
});
