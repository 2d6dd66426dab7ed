import { beforeAll, describe, expect, it } from "vitest";
import { CATEGORIES, COMPLEXITIES, OUTCOMES } from "../../src/domain/task.ts";
import { type Judged, judgeLabelled, score } from "../eval/outcomes.ts";

let judged: Judged[] = [];
beforeAll(async () => {
  judged = await judgeLabelled();
});

describe("the labelled set", () => {
  it("holds at least 120 tasks of every outcome and category", () => {
    const labels = judged.map(({ label }) => label);
    expect(labels.length).toBeGreaterThanOrEqual(120);
    expect(new Set(labels.map(({ outcome }) => outcome))).toEqual(new Set(OUTCOMES));
    expect(new Set(labels.map(({ complexity }) => complexity))).toEqual(new Set(COMPLEXITIES));
    expect(new Set(labels.map((label) => label.category))).toEqual(new Set(CATEGORIES));
  });

  it("is judged right in at least nine of ten tasks", () =>
    expect(score(judged).outcome).toBeGreaterThanOrEqual(0.9));

  it("has no failed task that is judged accepted", () =>
    expect(score(judged).acceptedThoughFailed).toEqual([]));

  it("is judged right in every kind of ending that real transcripts taught", () => {
    const kinds = judged.filter(({ label }) => label.at.startsWith("kinds:"));
    const wrong = kinds.filter(({ label, task }) => task?.outcome !== label.outcome);
    expect(kinds.length).toBeGreaterThan(40);
    expect(wrong.map(({ label, task }) => `${label.at}: ${task?.outcome}`)).toEqual([]);
  });

  it("has the right category in at least nine of ten kinds of endings", () => {
    // A task that is only there to come next may be of another kind.
    const kinds = judged.filter(({ label }) => label.at.startsWith("kinds:") && label.outcome !== "unknown");
    expect(score(kinds).category).toBeGreaterThanOrEqual(0.9);
  });

  it("knows the runners, task runners and shells by which a task can be checked", () => {
    const runners = judged.filter(({ label }) => label.at.startsWith("runners:"));
    const wrong = runners.filter(({ label, task }) => task?.outcome !== label.outcome);
    expect(runners.length).toBeGreaterThan(50);
    expect(wrong.map(({ label, task }) => `${label.at}: ${task?.outcome}`)).toEqual([]);
  });

  it("every outcome but unknown rests on entries that are there", () => {
    for (const { task } of judged) {
      if (task?.outcome === "unknown") continue;
      expect(task?.evidence.length).toBeGreaterThan(0);
      for (const { line, why, file } of task?.evidence ?? []) {
        expect(line).toBeGreaterThan(0);
        expect(why).not.toBe("");
        expect(file).toMatch(/\.jsonl$/);
      }
    }
  });
});
