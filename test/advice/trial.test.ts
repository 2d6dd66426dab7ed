import { describe, expect, it } from "vitest";
import { type Believed, forecast } from "../../src/advice/forecast.ts";
import { type AdviceTask, linkRedos } from "../../src/advice/failure.ts";
import { createRandom } from "../../src/advice/statistics/random.ts";
import { planTrial, reviewTrial, type TrialReview } from "../../src/advice/trial.ts";
import { unitOf } from "../../src/advice/unit.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { runs } from "../helpers/agent-runs.ts";

const SONNET = { model: TIER_MODELS.sonnet, effort: "medium" } as const;
const context: Believed = {
  table: createModelTable(),
  tiers: TIER_MODELS,
  days: 30,
  tolerance: 0.03,
  decisions: [],
};
const PLAN = { tasks: 80, clearFrom: 25, stopAfter: 4, firstLook: 8 };
const before = runs({ agent: "implementer", tier: "opus" }, 88, 12);

/** Leaves out the runs that did failed ones again. */
function ownOf(tasks: readonly AdviceTask[]): AdviceTask[] {
  const { all } = linkRedos(tasks);
  return tasks.filter((task) => !all.has(task));
}

/** Reviews a trial of Sonnet after 88 of 100 on Opus. */
function review(accepted: number, known: number, days = 10): TrialReview {
  const after = runs({ agent: "implementer", tier: "sonnet" }, accepted, known - accepted);
  const tasks = [...before, ...after];
  const unit = unitOf(ownOf(tasks), linkRedos(tasks), null, { model: TIER_MODELS.opus, effort: "medium" });
  const found = forecast(unit, SONNET, context);
  if (!found) throw new Error("no forecast");
  return reviewTrial(found, PLAN, days);
}

/** Share of trials that are kept, of 60 with this true success rate, looked at after each fifth outcome. */
function keptShare(rate: number): number {
  const random = createRandom(3);
  const kept = Array.from({ length: 60 }, () => {
    for (let [known, accepted] = [0, 0]; ;) {
      for (let i = 0; i < 5; i++) accepted += random() < rate ? 1 : 0;
      known += 5;
      const { verdict } = review(accepted, known);
      if (verdict !== "running") return verdict === "keep";
    }
  });
  return kept.filter(Boolean).length / kept.length;
}

/** Share of the savings of Sonnet that count after so many of 60 were accepted there. */
const worthAfter = (accepted: number) => {
  const tasks = [...before, ...runs({ agent: "implementer", tier: "sonnet" }, accepted, 60 - accepted)];
  const found = forecast(
    unitOf(ownOf(tasks), linkRedos(tasks), null, { ...SONNET, model: TIER_MODELS.opus }),
    SONNET,
    context,
  );
  if (!found) throw new Error("no forecast");
  return found.worth / found.savings.mid;
};

describe("a trial", () => {
  it("keeps what does better, mostly", () => expect(keptShare(0.94)).toBeGreaterThan(0.85));
  it("reverts what does noticeably worse, mostly", () => expect(keptShare(0.7)).toBeLessThan(0.1));
  it("ends early once success is clearly lower, and not before eight outcomes", () => {
    expect(review(0, 7).verdict).toBe("running");
    expect(review(1, 8)).toMatchObject({ verdict: "revert", why: "success is lower: 1 of 8" });
  });
  it("is kept early once success is clearly not lower, and not before 25 outcomes", () => {
    expect(review(24, 24).verdict).toBe("running");
    expect(review(25, 25).verdict).toBe("keep");
  });
  it("runs until its size otherwise", () => {
    expect(review(66, 79).verdict).toBe("running");
    expect(review(67, 80).verdict).not.toBe("running");
  });
  it("ends without enough outcomes after 90 days", () =>
    expect(review(5, 5, 91)).toMatchObject({
      verdict: "revert",
      why: "5 known outcomes in 90 days are too few to decide",
    }));
  it("does not keep what makes a task no cheaper", () => {
    const found = forecast(
      unitOf(before, linkRedos([]), null, { model: TIER_MODELS.opus, effort: "medium" }),
      SONNET,
      context,
    );
    if (!found) throw new Error("no forecast");
    const outcomes = { ...found.outcomes, proposed: { accepted: 39, known: 40 } };
    expect(reviewTrial({ safe: 0.9, cheaper: 0.2, outcomes }, PLAN, 10).verdict).toBe("revert");
    expect(reviewTrial({ safe: 0.9, cheaper: 0.9, outcomes }, PLAN, 10).verdict).toBe("keep");
  });
  it("knows from one effort of a model what the others cost", () => {
    const opus = { model: TIER_MODELS.opus, effort: "medium" } as const;
    const expensive = runs({ agent: "implementer", tier: "sonnet" }, 20, 0).map((task) => ({
      ...task,
      effort: "high" as const,
      costNano: 10 * task.costNano,
      tokens: { ...task.tokens, cacheWrite5m: 30 * task.tokens.cacheWrite5m },
    }));
    const cheaperAfter = (tasks: readonly AdviceTask[]) =>
      forecast(unitOf(ownOf(tasks), linkRedos(tasks), null, opus), SONNET, context)?.cheaper;
    expect(cheaperAfter(before)).toBeGreaterThan(0.8);
    expect(cheaperAfter([...before, ...expensive])).toBeLessThan(0.1);
  });
  it("counts savings beyond the tolerance as none", () => {
    expect(worthAfter(58)).toBeGreaterThan(0.8);
    expect(worthAfter(40)).toBeLessThan(0.1);
  });
  it("fails at the failures that its plan prints", () => {
    const unit = unitOf(ownOf(before), linkRedos(before), null, {
      model: TIER_MODELS.opus,
      effort: "medium",
    });
    const { stopAfter, firstLook, tasks } = planTrial(unit, SONNET, context);
    expect([firstLook, tasks]).toEqual([8, 200]);
    expect(review(firstLook - stopAfter, firstLook).verdict).toBe("revert");
    expect(review(firstLook - stopAfter + 1, firstLook).verdict).toBe("running");
  });
});
