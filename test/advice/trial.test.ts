import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/advice/statistics/random.ts";
import { planTrial, reviewTrial } from "../../src/advice/trial.ts";

const BEFORE = { votes: { accepted: 85, known: 100 }, costNano: 1e7 };
const AROUND = { tolerance: 0.03, days: 10 };
const PLAN = { tasks: 40, stopAfter: 4, firstLook: 8 };
const after = (accepted: number, known: number, costNano = 5e6) => ({ votes: { accepted, known }, costNano });
const verdict = (...arm: Parameters<typeof after>) =>
  reviewTrial(BEFORE, after(...arm), PLAN, AROUND).verdict;

/** Share of trials that are kept, of 300 with this true success rate, looked at after each outcome. */
function keptShare(rate: number): number {
  const random = createRandom(3);
  const kept = Array.from({ length: 300 }, () => {
    for (let [known, accepted] = [1, 0]; ; known++) {
      accepted += random() < rate ? 1 : 0;
      const found = verdict(accepted, known);
      if (found !== "running") return found === "keep";
    }
  });
  return kept.filter(Boolean).length / kept.length;
}

describe("a trial", () => {
  it("keeps what does better, mostly", () => expect(keptShare(0.92)).toBeGreaterThan(0.75));
  it("reverts what does noticeably worse, mostly", () => expect(keptShare(0.65)).toBeLessThan(0.1));
  it("ends early once it is probably worse, and not before eight outcomes", () => {
    expect(verdict(0, 7)).toBe("running");
    expect(verdict(2, 8)).toBe("revert");
  });
  it("runs until its size otherwise", () => {
    expect(verdict(35, 39)).toBe("running");
    expect(verdict(36, 40)).toBe("keep");
  });
  it("does not keep what makes a task no cheaper", () => expect(verdict(38, 40, 9.8e6)).toBe("revert"));
  it("ends without enough outcomes after 90 days", () =>
    expect(reviewTrial(BEFORE, after(5, 5), PLAN, { ...AROUND, days: 91 }).verdict).toBe("revert"));
  it("has a size that half a month fills, within bounds, and fails at the failures that it prints", () => {
    expect(planTrial(BEFORE.votes, 1000, 0.03).tasks).toBe(60);
    expect(planTrial(BEFORE.votes, 5, 0.03).tasks).toBe(25);
    const { stopAfter, firstLook } = planTrial(BEFORE.votes, 60, 0.03);
    expect(verdict(firstLook - stopAfter, firstLook)).toBe("revert");
    expect(verdict(firstLook - stopAfter + 1, firstLook)).toBe("running");
  });
});
