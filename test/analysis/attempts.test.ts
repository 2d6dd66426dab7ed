import { describe, expect, it } from "vitest";
import { summarizeAttempts } from "../../src/analysis/fallbacks/attempts.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { attemptOf } from "../helpers/attempts.ts";

const table = createModelTable();
let count = 0;

function attempt(tier: "haiku" | "sonnet" | "opus", over: Partial<Attempt> = {}): Attempt {
  const model = `claude-${tier}-5-5`;
  return attemptOf(0, {
    id: `a${count++}`,
    source: "executor",
    model,
    servedModel: model,
    tier,
    at: Date.UTC(2026, 10, 20),
    usage: { ...NO_USAGE, input: 1000, output: 100, cacheRead: 10_000 },
    costNano: 1_000_000,
    ...over,
  });
}

const runOf = (run: string, ...attempts: Attempt[]): Attempt[] =>
  attempts.map((each, index) => ({ ...each, run, index }));

const verdict = (all: number, up: number): string | undefined => {
  const runs = Array.from({ length: all }, (_, index) =>
    index < up
      ? runOf(`r${index}`, attempt("sonnet", { result: "refused" }), attempt("opus", { cause: "fallback" }))
      : runOf(`r${index}`, attempt("sonnet")),
  );
  return summarizeAttempts(runs.flat(), table).tiers[0]?.verdict;
};

describe("a summary of attempts", () => {
  it("counts a run by where it began and where it ended", () => {
    const { tiers, runs, answered } = summarizeAttempts(
      [
        ...runOf("a", attempt("sonnet")),
        ...runOf("b", attempt("sonnet", { result: "rejected" }), attempt("opus", { cause: "escalation" })),
        ...runOf("c", attempt("sonnet", { result: "failed", failure: "server" })),
        ...runOf("d", attempt("sonnet", { result: "aborted" })),
        ...runOf("e", attempt("opus")),
      ],
      table,
    );
    expect([runs, answered]).toEqual([5, 3]);
    expect(tiers).toMatchObject([
      { tier: "sonnet", started: 4, accepted: 1, escalated: 1, failed: 1, interrupted: 1 },
      { tier: "opus", started: 1, accepted: 1, escalated: 0 },
    ]);
    expect(tiers[0]?.escalationRate.value).toBe(0.25);
    expect(tiers[0]?.fallbackRate).toEqual(tiers[0]?.escalationRate);
    expect(tiers[0]?.successRate.value).toBeCloseTo(1 / 3);
  });

  it("gives a verdict from twenty runs on: under 5 % excellent, up to 15 % good, above that to be reviewed", () => {
    expect([verdict(19, 0), verdict(25, 1), verdict(20, 1), verdict(20, 3), verdict(20, 4)]).toEqual([
      "too-few",
      "excellent",
      "good",
      "review",
      "review",
    ]);
  });

  it("does not take an architect's reasoning for a run that began on Opus", () => {
    const all = runOf("a", attempt("opus", { result: "handedOver" }), attempt("sonnet"));
    expect(summarizeAttempts(all, table).tiers).toMatchObject([{ tier: "sonnet", started: 1, accepted: 1 }]);
  });

  it("prices everything on the Opus of the day, cache reads at its cache price", () => {
    const { alwaysOpusNano, actualNano } = summarizeAttempts(runOf("a", attempt("sonnet")), table);
    // 1000 × $4 + 100 × $20 + 10 000 × $0.20, per million.
    expect(alwaysOpusNano).toBe(8_000_000);
    expect(actualNano).toBe(1_000_000);
  });

  it("leaves attempts without a price out of both sums, and says how many", () => {
    const { costNano: _, ...unpriced } = attempt("sonnet");
    expect(summarizeAttempts([unpriced], table)).toMatchObject({
      alwaysOpusNano: 0,
      actualNano: 0,
      unpriced: 1,
    });
  });

  it("an Opus that was not yet released is no reference", () => {
    const early = attempt("sonnet", { at: Date.UTC(2026, 6, 1) });
    // Opus 4.8 on that day: 1000 × $5 + 100 × $25 + 10 000 × $0.50.
    expect(summarizeAttempts([early], table).alwaysOpusNano).toBe(12_500_000);
  });
});
