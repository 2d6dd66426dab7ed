import { expect, it } from "vitest";
import { judgeCascades } from "../../src/analysis/outcomes/cascades.ts";
import type { Attempt } from "../../src/domain/attempt.ts";
import type { Tier } from "../../src/domain/model.ts";
import { attemptOf } from "../helpers/attempts.ts";

const attempt = (index: number, tier: Tier, result: Attempt["result"], run = "r"): Attempt => {
  const id = `${run}${index}`;
  return attemptOf(index, { id, run, model: `claude-${tier}-5-5`, tier, at: index, result, session: id });
};

const outcomes = (...attempts: Attempt[]) =>
  [...judgeCascades(attempts)].map(([session, { outcome, takenOverBy }]) => [session, outcome, takenOverBy]);

it("the same rung again is rework, the next one an escalation, and the check that passes accepts", () => {
  expect(
    outcomes(
      attempt(2, "sonnet", "accepted"),
      attempt(0, "haiku", "rejected"),
      attempt(1, "haiku", "rejected"),
    ),
  ).toEqual([
    ["r0", "reworked", undefined],
    ["r1", "escalated", "sonnet"],
    ["r2", "accepted", undefined],
  ]);
});

it("a rung that nobody follows has failed, and a stopped one was interrupted", () => {
  expect(outcomes(attempt(0, "opus", "rejected"), attempt(0, "haiku", "aborted", "s"))).toEqual([
    ["r0", "failed", undefined],
    ["s0", "interrupted", undefined],
  ]);
});

it("a model that was not there was escalated from when a higher one took over", () => {
  expect(outcomes(attempt(0, "haiku", "failed"), attempt(1, "sonnet", "accepted"))[0]).toEqual([
    "r0",
    "escalated",
    "sonnet",
  ]);
});

it("attempts of programs have no session, and say nothing here", () => {
  expect(outcomes({ ...attempt(0, "haiku", "rejected"), source: "executor" })).toEqual([]);
});
