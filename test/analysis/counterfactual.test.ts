import { describe, expect, it } from "vitest";
import { referenceModel, repriceBill } from "../../src/analysis/savings/counterfactual.ts";
import { compareScenarios } from "../../src/analysis/savings/savings.ts";
import { project } from "../../src/analysis/savings/projection.ts";
import { findSwitches } from "../../src/analysis/fallbacks/switches.ts";
import type { Bill } from "../../src/domain/bill.ts";
import type { Effort, Tier } from "../../src/domain/model.ts";
import type { RequestRow } from "../../src/domain/session-input.ts";
import { NO_USAGE, type Usage } from "../../src/domain/usage.ts";
import { createModelTable } from "../../src/models/resolve.ts";

const models = createModelTable();
const bill = (model: string, day: string, usage: Partial<Usage>, more: Partial<Bill> = {}): Bill => ({
  model,
  day,
  promptAbove: 0,
  requests: 1,
  usage: { ...NO_USAGE, ...usage },
  costNano: 0,
  ...more,
});
/** Dollars that a bill would have cost on the tier's model of its day. */
function usdOn(tier: Tier, of: Bill, effort?: Effort): number {
  const model = referenceModel(models, tier, of.day);
  if (!model) throw new Error(`no ${tier} on ${of.day}`);
  return (repriceBill(of, model, models, effort)?.costNano ?? Number.NaN) / 1e9;
}

const row = (line: number, model: string, usage: Partial<Usage>): RequestRow => ({
  at: Date.parse("2026-11-10T09:00:00Z") + line * 1_000,
  line,
  model,
  requested: model,
  stop: "end_turn",
  usage: { ...NO_USAGE, ...usage },
});

describe("the reference model of a tier", () => {
  it.each([
    ["opus", "2025-12-20", "claude-opus-4-5-20251101"],
    ["opus", "2026-03-01", "claude-opus-4-6"],
    ["opus", "2026-06-30", "claude-opus-4-8"],
    ["opus", "2026-09-21", "claude-opus-5"],
    ["opus", "2026-09-22", "claude-opus-5-5"],
    ["sonnet", "2026-07-01", "claude-sonnet-5"],
    ["haiku", "2026-10-06", "claude-haiku-4-5-20251001"],
    ["haiku", "2026-10-07", "claude-haiku-5-5"],
    ["fable", "2026-11-20", "claude-fable-5-2"],
  ] as const)("%s on %s is %s", (tier, day, id) => expect(referenceModel(models, tier, day)?.id).toBe(id));
});

describe("what the same tokens would have cost, worked out by hand", () => {
  it("cache reads and both kinds of cache write have prices of their own", () => {
    const usage = {
      input: 1_000,
      output: 500,
      cacheWrite5m: 10_000,
      cacheWrite1h: 2_000,
      cacheRead: 100_000,
    };
    const of = bill("claude-sonnet-5-5", "2026-10-10", usage);
    // Opus 5.5: 1,000 × 4 + 500 × 20 + 10,000 × 5 + 2,000 × 8 + 100,000 × 0.20 = 100,000 millionths
    expect(usdOn("opus", of)).toBeCloseTo(0.1, 9);
    // Sonnet 5.5: 2,000 + 5,000 + 25,000 + 8,000 + 10,000
    expect(usdOn("sonnet", of)).toBeCloseTo(0.05, 9);
  });

  it("the price is that of the day", () => {
    const reads = { cacheRead: 1_000_000 };
    expect(usdOn("sonnet", bill("claude-opus-5-5", "2026-10-06", reads))).toBeCloseTo(0.2, 9);
    expect(usdOn("sonnet", bill("claude-opus-5-5", "2026-10-07", reads))).toBeCloseTo(0.1, 9);
  });

  it("across the tokenizer border there are 1.3 times as many tokens, and the report says so", () => {
    const of = bill("claude-sonnet-4-5-20250929", "2026-10-10", { input: 1_000_000 }, { costNano: 3e9 });
    expect(usdOn("opus", of)).toBeCloseTo(5.2, 9); // 1.3M × $4
    const opus = compareScenarios([{ bill: of, role: "main" }], models).find(
      ({ name }) => name === "always-opus",
    );
    expect(opus).toMatchObject({ rescaled: true });
  });

  it("before the border existed nothing is rescaled", () => {
    const of = bill("claude-sonnet-4-5-20250929", "2026-03-01", { input: 1_000_000 });
    expect(usdOn("opus", of)).toBeCloseTo(5, 9); // Opus 4.6
  });

  it("back over the border there are fewer", () => {
    const of = bill("claude-opus-4-7", "2026-05-01", { output: 130_000 });
    expect(usdOn("sonnet", of)).toBeCloseTo(1.5, 9); // 100,000 × $15 on Sonnet 4.6
  });

  it("another effort scales output by the target's index, and nothing else", () => {
    const of = bill("claude-opus-5-5", "2026-11-01", { input: 10_000, output: 100_000 }, { effort: "xhigh" });
    // 10,000 × $4 + 100,000 × 0.48 ÷ 1.66 × $20
    expect(usdOn("opus", of, "low")).toBeCloseTo(0.04 + (2 * 0.48) / 1.66, 9);
  });

  it("a prompt above 100,000 tokens pays Haiku 5.5's long price", () => {
    const usage = { input: 20_000, output: 1_000, cacheRead: 130_000 };
    const of = (promptAbove: number) => bill("claude-opus-5-5", "2026-11-01", usage, { promptAbove });
    expect(usdOn("haiku", of(0))).toBeCloseTo(0.002 + 0.0005 + 0.0013, 9);
    expect(usdOn("haiku", of(100_000))).toBeCloseTo(0.01 + 0.0025 + 0.0065, 9);
  });

  it("Opus 4.6's long price starts above 200,000 tokens and ends on its day", () => {
    const usage = { output: 1_000, cacheRead: 1_000_000 };
    const of = (day: string, promptAbove: number) => bill("claude-sonnet-4-6", day, usage, { promptAbove });
    expect(usdOn("opus", of("2026-03-12", 100_000))).toBeCloseTo(0.025 + 0.5, 9);
    expect(usdOn("opus", of("2026-03-12", 200_000))).toBeCloseTo(0.0375 + 1, 9);
    expect(usdOn("opus", of("2026-03-13", 200_000))).toBeCloseTo(0.025 + 0.5, 9);
  });

  it("batch, fast mode and US-only inference stay what they were", () => {
    const million = { input: 1_000_000 };
    expect(usdOn("opus", bill("claude-sonnet-5-5", "2026-11-01", million, { batch: true }))).toBeCloseTo(
      2,
      9,
    );
    expect(usdOn("opus", bill("claude-sonnet-5-5", "2026-11-01", million, { usOnly: true }))).toBeCloseTo(
      4.4,
      9,
    );
    expect(usdOn("opus", bill("claude-opus-5-5", "2026-11-01", million, { fast: true }))).toBeCloseTo(8, 9);
  });

  it("a policy's role gets its model and effort; others stay as they were", () => {
    const bills = [
      {
        bill: bill("claude-opus-5-5", "2026-11-01", { output: 100_000 }, { costNano: 2e9, effort: "high" }),
        role: "explorer",
      },
      {
        bill: bill("claude-opus-5-5", "2026-11-01", { output: 100_000 }, { costNano: 2e9 }),
        role: "planner",
      },
    ];
    const scenarios = compareScenarios(bills, models, ({ role }) =>
      role === "explorer" ? { tier: "haiku", effort: "low" } : undefined,
    );
    // 100,000 × 0.38 × $0.50 on Haiku 5.5 at low effort, and $2 as before
    expect(scenarios.at(-1)).toMatchObject({ name: "policy", effortScaled: true });
    expect((scenarios.at(-1)?.costNano ?? 0) / 1e9).toBeCloseTo(2.019, 9);
  });
});

/** Switches of a thread from Opus to what came after `/model`. */
const costOf = (after: RequestRow) =>
  findSwitches(
    {
      file: "a.jsonl",
      requests: [
        row(1, "claude-opus-5-5", { input: 1_000, cacheRead: 90_000, cacheWrite5m: 8_500, output: 500 }),
        after,
      ],
      events: [{ kind: "set-model", line: 5, at: 0, name: "Sonnet 5.5" }],
    },
    "s",
    models,
  );

describe("a switch in mid-conversation", () => {
  it("pays for the whole context again, less what reading it would have cost", () => {
    const [change] = costOf(row(10, "claude-sonnet-5-5", { input: 200, cacheWrite5m: 102_000, output: 10 }));
    // 100,000 tokens of context at ($2.50 − $0.10) per million
    expect(change).toMatchObject({ cause: "command", rewrittenTokens: 100_000, costNano: 240_000_000 });
  });

  it("costs less where the new model still had a part of it", () => {
    const [change] = costOf(row(10, "claude-sonnet-5-5", { cacheRead: 60_000, cacheWrite5m: 45_000 }));
    expect(change).toMatchObject({ rewrittenTokens: 40_000, costNano: 96_000_000 });
  });
});

describe("projections", () => {
  it("carry the mean of all days on, with the interval of its standard error", () => {
    const { month, year, activeDays, days } = project([3e9, 3e9, 3e9], 6);
    expect([activeDays, days]).toEqual([3, 6]);
    expect(month.midNano).toBe(45e9);
    expect(year.midNano).toBe(540e9);
    // deviation √2.7 a day, error √(2.7 ÷ 6) of the mean, × 1.96 × 30
    expect(month.highNano).toBeCloseTo(45e9 + 1.96 * Math.sqrt(2.7 / 6) * 30e9, 0);
    expect(month.lowNano).toBeCloseTo(45e9 - 1.96 * Math.sqrt(2.7 / 6) * 30e9, 0);
  });

  it("have no interval for a single day", () =>
    expect(project([1e9], 1).month).toEqual({ lowNano: null, midNano: 30e9, highNano: null }));
});
