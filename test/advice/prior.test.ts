import { describe, expect, it } from "vitest";
import { gapPrior, type PriorStep, update } from "../../src/advice/prior.ts";

const opus = { tier: "opus", effort: "medium" } as const;
const sonnet = { tier: "sonnet", effort: "medium" } as const;
const haiku = { tier: "haiku", effort: "medium" } as const;

const lost = (from: PriorStep["from"], to: PriorStep["to"]) =>
  gapPrior({ complexity: "generative", from, to }).mean;

describe("what is believed before anything is measured", () => {
  it("a step down costs more the harder the work is", () => {
    const [mechanical = 0, generative = 0, reasoning = 0] = (
      ["mechanical", "generative", "reasoning"] as const
    ).map((complexity) => gapPrior({ complexity, from: opus, to: sonnet }).mean);
    expect(mechanical).toBeLessThan(generative);
    expect(generative).toBeLessThan(reasoning);
  });

  it("two steps cost what both do, and the way up is worth what the way down costs", () => {
    expect(lost(opus, haiku)).toBeCloseTo(lost(opus, sonnet) + lost(sonnet, haiku));
    expect(lost(sonnet, opus)).toBeCloseTo(-lost(opus, sonnet));
  });

  it("gives way to measurements by their precision", () => {
    const prior = { mean: 0.4, sd: 0.3 };
    expect(update(prior, { mean: 0, sd: 0.03 }).mean).toBeLessThan(0.02);
    expect(update(prior, { mean: 0, sd: 3 }).mean).toBeGreaterThan(0.35);
    expect(update(prior, { mean: 0, sd: Infinity })).toEqual(prior);
  });
});
