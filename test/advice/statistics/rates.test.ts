import { describe, expect, it } from "vitest";
import { differenceOfRates } from "../../../src/advice/statistics/rates.ts";

const Z95 = 1.959964;

describe("the difference of two rates", () => {
  it("has Newcombe's published interval for 56/70 against 48/80 (1998, method 10)", () => {
    const stratum = {
      weight: 1,
      current: { accepted: 48, known: 80 },
      proposed: { accepted: 56, known: 70 },
    };
    const { low, mid, high } = differenceOfRates([stratum], Z95);
    expect(mid).toBeCloseTo(0.2, 4);
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });

  it("is not fooled where each layer says the opposite of the total (Simpson)", () => {
    const easy = { weight: 0.2, current: { accepted: 19, known: 20 }, proposed: { accepted: 72, known: 80 } };
    const hard = { weight: 0.8, current: { accepted: 48, known: 80 }, proposed: { accepted: 8, known: 20 } };
    expect((72 + 8) / 100).toBeGreaterThan((19 + 48) / 100);
    expect(differenceOfRates([easy, hard], Z95).mid).toBeLessThan(-0.1);
  });

  it("is anything where one side was never seen", () => {
    const stratum = { weight: 1, current: { accepted: 9, known: 10 }, proposed: { accepted: 0, known: 0 } };
    const { low, high } = differenceOfRates([stratum], Z95);
    expect(high - low).toBeGreaterThan(0.9);
  });
});
