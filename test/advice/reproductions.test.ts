import { describe, expect, it } from "vitest";
import type { AdviceTask } from "../../src/advice/failure.ts";
import { recommend } from "../../src/advice/recommend.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { DAY_MS, runs, UNTIL } from "../helpers/agent-runs.ts";

const policy = resolvePolicy([], modelFacts());
const advise = (tasks: readonly AdviceTask[]) =>
  recommend(tasks, policy, { since: UNTIL - 30 * DAY_MS, until: UNTIL }).recommendations;

describe("what the loop got wrong once", () => {
  it("work of which most is escalated goes straight to Opus, and its runs are claimed once", () => {
    const advice = advise(runs({ agent: "debugger", tier: "sonnet", redoSize: 1.4 }, 30, 90));
    expect(advice.map(({ kind, subject }) => [kind, subject.agent])).toEqual([
      ["direct-to-opus", "debugger"],
    ]);
  });

  it("an agent on Haiku that fails in more than half of its tasks moves up", () => {
    const [move] = advise(runs({ agent: "refactorer", tier: "haiku", redoSize: 3.5 }, 60, 100));
    expect(move).toMatchObject({ kind: "higher-tier", proposed: { model: TIER_MODELS.sonnet } });
    expect(move?.successChange?.low).toBeGreaterThan(0);
  });

  it("an agent with two kinds of work is split where one can move and the other cannot", () => {
    const spec = { agent: "worker" };
    const [move] = advise([
      ...runs({ ...spec, tier: "haiku", category: "docs" }, 58, 1),
      ...runs({ ...spec, tier: "haiku", category: "refactoring" }, 26, 27),
      ...runs({ ...spec, tier: "opus", category: "docs" }, 67, 0),
      ...runs({ ...spec, tier: "opus", category: "refactoring" }, 63, 0),
    ]);
    expect(move).toMatchObject({ kind: "split-role", subject: { agent: "worker", category: "docs" } });
    expect(Object.keys(move?.policyPatch?.agents ?? {})).toEqual(["worker-docs"]);
  });

  it("measured harm is not outvoted: 51 of 62 against 44 of 44 is no move", () => {
    const advice = advise([
      ...runs({ agent: "formatter", tier: "haiku" }, 51, 11),
      ...runs({ agent: "formatter", tier: "opus" }, 44, 0),
    ]);
    expect(advice.map(({ proposed }) => proposed?.model)).not.toContain(TIER_MODELS.haiku);
  });

  it("an agent most of whose work fails gets no cheaper model, however many outcomes show it", () => {
    const [move, ...more] = advise(runs({ agent: "debugger", tier: "sonnet", redoSize: 1 }, 60, 180));
    expect([move?.kind, more]).toEqual(["direct-to-opus", []]);
    expect(move?.successChange?.low).toBeGreaterThan(0.4);
  });

  it("agents with enough known outcomes are named, also if nothing is proposed for them", () => {
    const { decided, recommendations } = recommend(
      [
        ...runs({ agent: "formatter", tier: "haiku" }, 30, 0),
        ...runs({ agent: "planner", tier: "opus" }, 11, 0),
      ],
      policy,
      { since: UNTIL - 30 * DAY_MS, until: UNTIL },
    );
    expect([decided, recommendations.map(({ subject }) => subject.agent)]).toEqual([["formatter"], []]);
  });
});
