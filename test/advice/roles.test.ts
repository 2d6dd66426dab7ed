import { describe, expect, it } from "vitest";
import type { AdviceTask } from "../../src/advice/failure.ts";
import { contextOf, recommend } from "../../src/advice/recommend.ts";
import { judgeRoles, type RoleGroup } from "../../src/advice/roles.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { asRows, drawLoopTasks, LOOP_START } from "../worlds/loop/loop-tasks.ts";
import { drawLoopWorld, type LoopShape } from "../worlds/loop/loop-world.ts";

const DAY_MS = 86_400_000;
const policy = resolvePolicy([], modelFacts());
const span = { since: LOOP_START - 30 * DAY_MS, until: LOOP_START };

const tasksOf = (shape: LoopShape, seed = 1): AdviceTask[] => {
  const world = drawLoopWorld(seed, shape);
  return asRows(drawLoopTasks(world, world.days, LOOP_START, undefined)).filter(
    ({ startedAt }) => startedAt >= span.since && startedAt < span.until,
  );
};
const judge = (tasks: readonly AdviceTask[]) => judgeRoles(contextOf(tasks, policy, span, {}));
const total = (groups: readonly RoleGroup[]) => groups.reduce((sum, { tasks }) => sum + tasks, 0);

const OPUS = "claude-opus-5-5";
const SONNET = "claude-sonnet-5-5";
const template = tasksOf("all-opus").find(({ agent }) => agent !== "main") as AdviceTask;

/** Runs of one agent on one model: so many accepted and so many failed, each at a price, in order of time. */
const runs = (model: string, accepted: number, failed: number, costNano: number): AdviceTask[] =>
  Array.from({ length: accepted + failed }, (_, index) => ({
    ...template,
    agent: "worker",
    role: "worker",
    agentId: `${model}-${index}`,
    startedAt: span.since + index * 1000 + (model === OPUS ? 10 * DAY_MS : 0),
    models: [model],
    startTier: model === OPUS ? ("opus" as const) : ("sonnet" as const),
    effort: "medium" as const,
    outcome: index < failed ? ("failed" as const) : ("accepted" as const),
    strength: "strong" as const,
    evidence: [],
    costNano,
    fullCostNano: costNano,
  }));
const worker = (tasks: readonly AdviceTask[]) => judge(tasks).find(({ by }) => by === "role") as RoleGroup;

const byName = (groups: readonly RoleGroup[]) =>
  groups
    .map(({ by, agent, name, tasks: count, verdict }) => ({ by, agent, name, count, verdict }))
    .toSorted((a, b) => `${a.by} ${a.agent} ${a.name}`.localeCompare(`${b.by} ${b.agent} ${b.name}`));

describe("the table of roles", () => {
  it.each(["all-opus", "mixed-tiers", "haiku-too-weak"] as const)(
    "holds every task once in each grouping: %s",
    (shape) => {
      const tasks = tasksOf(shape);
      const groups = judge(tasks);
      expect(total(groups.filter(({ by }) => by === "role"))).toBe(tasks.length);
      for (const by of ["category", "complexity"] as const)
        expect(total(groups.filter((group) => group.by === by))).toBe(tasks.length);
      const cost = tasks.reduce((sum, { costNano }) => sum + costNano, 0);
      const cells = groups.filter(({ by }) => by === "role").flatMap((group) => group.cells);
      expect(cells.reduce((sum, { costNano }) => sum + costNano, 0)).toBeCloseTo(cost, -1);
    },
  );

  it.each(["all-opus", "mixed-tiers", "sonnet-everywhere"] as const)(
    "counts the outcomes that are the evidence of advice: %s",
    (shape) => {
      const tasks = tasksOf(shape);
      const groups = judge(tasks).filter(({ by }) => by === "role");
      const moves = recommend(tasks, policy, span).recommendations.filter(
        ({ subject, proposed, kind }) => subject.category === null && proposed && kind !== "direct-to-opus",
      );
      expect(moves.length).toBeGreaterThan(0);
      for (const { subject, current, evidence, proposed, confidence } of moves) {
        const group = groups.find(({ agent }) => agent === subject.agent);
        const cell = group?.cells.find(
          ({ model, effort }) => model === current?.model && effort === (current.effort ?? null),
        );
        expect(cell).toMatchObject({ ...evidence.current, isCurrent: true });
        expect(group?.verdict).toMatchObject({ proposed });
        expect(group?.verdict.kind === "move").toBe(confidence === "act");
      }
    },
  );

  it("is empty without tasks", () => expect(judge([])).toEqual([]));

  it("is the same for the same tasks in any order", () => {
    const tasks = tasksOf("mixed-tiers");
    expect(byName(judge(tasks.toReversed()))).toEqual(byName(judge(tasks)));
  });
});

describe("verdicts", () => {
  it("know nothing below 12 known outcomes", () => {
    expect(worker(runs(OPUS, 11, 0, 1e9)).verdict).toMatchObject({
      kind: "unknown",
      proposed: null,
      why: "11 of 12 known outcomes on its model",
    });
  });

  it("move a role to the lower tier where both did equally well, with enough outcomes", () => {
    const { verdict } = worker([...runs(SONNET, 300, 3, 2e8), ...runs(OPUS, 300, 3, 1e9)]);
    expect(verdict).toMatchObject({ kind: "move", proposed: { model: SONNET, effort: "medium" } });
  });

  it("keep Opus always where the lower tier was tried and did worse", () => {
    const { verdict } = worker([...runs(SONNET, 15, 25, 2e8), ...runs(OPUS, 60, 1, 3e8)]);
    expect(verdict).toMatchObject({ kind: "always", current: { model: OPUS } });
    expect(verdict.proposed?.model).toBe(OPUS); // one effort less is worth a trial, a lower tier is not
    expect(verdict.why).toBe("Sonnet 5.5 medium succeeded in 15 of 40 cases here");
  });
});

describe("what a cell says", () => {
  const group = worker([...runs(SONNET, 30, 10, 2e8), ...runs(OPUS, 39, 1, 4e8)]);
  const cell = (model: string) => group.cells.find((one) => one.model === model);

  it("prices an accepted task at what the failed ones cost as well", () => {
    expect(cell(SONNET)).toMatchObject({ tasks: 40, known: 40, accepted: 30, costPerTaskNano: 2e8 });
    expect(cell(SONNET)?.costPerAcceptedNano).toBeCloseTo((40 * 2e8) / 30, 0);
  });

  it("tells what one tier more brings per dollar", () => {
    const up = cell(SONNET)?.tierUp;
    expect(up).toMatchObject({ model: OPUS, extraNano: 2e8 });
    expect(up?.acceptedPerUsd).toBeCloseTo((39 / 40 - 30 / 40) / 0.2, 6);
    expect(cell(OPUS)?.tierUp).toBeNull();
  });

  it("shows a trend where the later half differs from the earlier one", () => {
    expect(cell(SONNET)?.trend?.success.low).toBeGreaterThan(0); // its failures come first
    expect(worker(runs(OPUS, 19, 0, 1e9)).cells[0]?.trend).toBeNull();
  });

  it("leaves the cost open where no request was recorded", () => {
    const reported = runs(OPUS, 20, 0, 0).map((task) => ({ ...task, requests: 0 }));
    expect(worker(reported).cells[0]).toMatchObject({ costPerTaskNano: null, costPerAcceptedNano: null });
  });
});
