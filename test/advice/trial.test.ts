import { describe, expect, it } from "vitest";
import { planTrial, reviewTrial } from "../../src/advice/trial.ts";
import { createRandom } from "../../src/advice/statistics/random.ts";
import type { Task } from "../../src/domain/task.ts";

const run = (startedAt: number, outcome: Task["outcome"], costNano = 1e6) =>
  ({ startedAt, outcome, costNano }) as Task;
const BASELINE = { rate: 0.85, costNano: 1e7 };

/** Share of trials that are kept, of 300 with this true success rate. */
function keptShare(rate: number): number {
  const random = createRandom(3);
  const plan = planTrial(BASELINE.rate, 200);
  const kept = Array.from({ length: 300 }, () => {
    const runs = Array.from({ length: plan.tasks }, (_, i) =>
      run(i, random() < rate ? "accepted" : "reworked"),
    );
    return reviewTrial(runs, BASELINE, plan).verdict === "keep";
  });
  return kept.filter(Boolean).length / kept.length;
}

describe("a trial", () => {
  it("keeps what does as well, mostly", () => expect(keptShare(0.85)).toBeGreaterThan(0.85));
  it("takes back what does noticeably worse, mostly", () => expect(keptShare(0.65)).toBeLessThan(0.1));

  it("ends at its stop rule, whatever comes after", () => {
    const plan = { tasks: 20, stopAfter: 3 };
    const runs = [1, 2, 3].map((at) => run(at, "failed"));
    const later = [4, 5, 6, 7].map((at) => run(at, "accepted"));
    expect(reviewTrial([...runs, ...later], BASELINE, plan)).toMatchObject({
      verdict: "take-back",
      known: 3,
    });
  });

  it("is not decided by unknown outcomes", () => {
    const runs = Array.from({ length: 50 }, (_, i) => run(i, "unknown"));
    expect(reviewTrial(runs, BASELINE, { tasks: 20, stopAfter: 5 })).toMatchObject({
      verdict: "running",
      known: 0,
    });
  });

  it("does not keep what makes an accepted task no cheaper", () => {
    const runs = Array.from({ length: 20 }, (_, i) => run(i, "accepted", 2e7));
    expect(reviewTrial(runs, BASELINE, { tasks: 20, stopAfter: 5 }).verdict).toBe("take-back");
  });

  it("has a size that half a month can fill, within bounds", () => {
    expect(planTrial(0.85, 1000).tasks).toBe(60);
    expect(planTrial(0.85, 5).tasks).toBe(20);
    expect(planTrial(0.95, 60).stopAfter).toBeLessThan(planTrial(0.7, 60).stopAfter);
  });
});
