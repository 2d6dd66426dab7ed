import { expect, it } from "vitest";
import { groupAttemptSpend } from "../../src/analysis/attempt-spend.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";

const attempt = (fields: Partial<Attempt>): Attempt => ({
  id: "a",
  run: "r",
  source: "executor",
  taskType: "t",
  policy: "p",
  index: 0,
  step: 0,
  cause: "first",
  provider: "anthropic",
  model: "claude-sonnet-5-5",
  streamed: false,
  at: 0,
  delayMs: 0,
  latencyMs: 100,
  result: "accepted",
  usage: { ...NO_USAGE, input: 10 },
  costNano: 5,
  ...fields,
});

it("attempts are added up by source and served model, with their latency", () => {
  const attempts = [
    attempt({}),
    attempt({ servedModel: "claude-sonnet-5-5", latencyMs: 300 }),
    attempt({ source: "batch", costNano: 50 }),
    attempt({ source: "cascade", session: "without a transcript" }),
  ];
  delete attempts[1]?.costNano;
  expect(groupAttemptSpend(attempts, ({ servedModel, model }) => servedModel ?? model)).toMatchObject([
    { source: "batch", attempts: 1, costNano: 50 },
    {
      source: "executor",
      model: "claude-sonnet-5-5",
      attempts: 2,
      usage: { input: 20 },
      costNano: 5,
      unpriced: 1,
      latency: { medianMs: 100, p95Ms: 300 },
    },
    { source: "cascade", attempts: 1 },
  ]);
});
