import { expect, it } from "vitest";
import { verdictOf } from "../../src/analysis/fallbacks/tiers.ts";

it("a tier is judged by what escalated and by what did not succeed, whichever is more", () => {
  expect(verdictOf(0, 0.46, 100)).toBe("review");
  expect(verdictOf(0.2, 0.99, 100)).toBe("review");
  expect(verdictOf(0.01, 0.9, 100)).toBe("good");
  expect(verdictOf(0.01, 0.96, 20)).toBe("excellent");
});

it("a tier is not judged by fewer than 20 known outcomes, however many tasks it started", () => {
  expect(verdictOf(0, 1, 19)).toBe("too-few");
  expect(verdictOf(0, null, 0)).toBe("too-few");
});
