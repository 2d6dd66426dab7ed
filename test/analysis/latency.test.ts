import { describe, expect, it } from "vitest";
import { summarizeLatency } from "../../src/analysis/fallbacks/latency.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";

const attempt = (run: number, index: number, over: Partial<Attempt>): Attempt => ({
  id: `${run}.${index}`,
  run: String(run),
  source: "executor",
  taskType: "t",
  policy: "p",
  index,
  step: 0,
  cause: "first",
  provider: "anthropic",
  model: "sonnet",
  streamed: false,
  at: run,
  delayMs: 0,
  latencyMs: 100,
  result: "accepted",
  usage: NO_USAGE,
  ...over,
});

describe("latency", () => {
  it("counts all attempts and waits of answered runs, apart for those that another model answered", () => {
    const runs = [
      ...Array.from({ length: 20 }, (_, run) => attempt(run, 0, { latencyMs: (run + 1) * 10 })),
      attempt(20, 0, { result: "failed" }),
      attempt(20, 1, { model: "opus", delayMs: 50, latencyMs: 300 }),
      attempt(21, 0, { result: "failed", latencyMs: 9999 }),
      attempt(22, 0, { source: "batch", latencyMs: 0 }),
    ];
    expect(summarizeLatency(runs)).toEqual({
      direct: { runs: 20, medianMs: 100, p95Ms: 190 },
      fallback: { runs: 1, medianMs: 450, p95Ms: 450 },
    });
  });

  it("an architect's reasoning is part of the time, and no change of the model", () => {
    const run = [attempt(1, 0, { model: "opus", result: "handedOver" }), attempt(1, 1, { latencyMs: 50 })];
    expect(summarizeLatency(run)).toEqual({
      direct: { runs: 1, medianMs: 150, p95Ms: 150 },
      fallback: undefined,
    });
  });
});
