import { describe, expect, it } from "vitest";
import { gapPrior, update } from "../../src/advice/prior.ts";

const opus = { tier: "opus", effort: "medium" } as const;
const sonnet = { tier: "sonnet", effort: "medium" } as const;
const haiku = { tier: "haiku", effort: "medium" } as const;

describe("what is believed before anything is measured", () => {
  it("a step down costs more the harder the work is", () => {
    const gap = (complexity: "mechanical" | "generative" | "reasoning") =>
      gapPrior({ complexity, from: opus, to: sonnet }).mean;
    expect(gap("mechanical")).toBeLessThan(gap("generative"));
    expect(gap("generative")).toBeLessThan(gap("reasoning"));
  });

  it("two steps cost what both do, and the way up is worth what the way down costs", () => {
    const gap = (from: typeof opus | typeof sonnet | typeof haiku, to: typeof from) =>
      gapPrior({ complexity: "generative", from, to }).mean;
    expect(gap(opus, haiku)).toBeCloseTo(gap(opus, sonnet) + gap(sonnet, haiku));
    expect(gap(sonnet, opus)).toBeCloseTo(-gap(opus, sonnet));
  });

  it("gives way to measurements by their precision", () => {
    const prior = { mean: 0.4, sd: 0.3 };
    expect(update(prior, { mean: 0, sd: 0.03 }).mean).toBeLessThan(0.02);
    expect(update(prior, { mean: 0, sd: 3 }).mean).toBeGreaterThan(0.35);
    expect(update(prior, { mean: 0, sd: Infinity })).toEqual(prior);
  });
});
