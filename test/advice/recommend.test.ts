import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linkRedos } from "../../src/advice/failure.ts";
import { recommend } from "../../src/advice/recommend.ts";
import { readUnits } from "../../src/advice/unit.ts";
import type { Decision } from "../../src/domain/decision.ts";
import { ADVICE_TITLES } from "../../src/domain/recommendation.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { staticTable, alwaysSonnet, simpleTrials, thompson } from "../worlds/loop/baselines.ts";
import { rulesAlone } from "../worlds/loop/by-rows.ts";
import { asRows, drawLoopTasks, LOOP_START } from "../worlds/loop/loop-tasks.ts";
import { drawLoopWorld, type LoopShape } from "../worlds/loop/loop-world.ts";
import { play } from "../worlds/loop/play.ts";

const ROOT = join(import.meta.dirname, "../..");
const DAY_MS = 86_400_000;
const policy = resolvePolicy([], modelFacts());

const rowsOf = (shape: LoopShape, seed = 1) => {
  const world = drawLoopWorld(seed, shape);
  return asRows(drawLoopTasks(world, world.days, LOOP_START, undefined));
};
const advise = (tasks: ReturnType<typeof rowsOf>, options: Parameters<typeof recommend>[3] = {}) =>
  recommend(tasks, policy, { since: LOOP_START - 30 * DAY_MS, until: LOOP_START }, options);

it("each kind of advice has its page", () => {
  for (const kind of Object.keys(ADVICE_TITLES))
    expect(readFileSync(join(ROOT, `docs/advice/${kind}.md`), "utf8")).toMatch(/^# .+\n/);
});

describe("recommend", () => {
  it("is silent without tasks", () => expect(advise([]).recommendations).toEqual([]));

  it("is the same for the same tasks in any order", () => {
    const tasks = rowsOf("all-opus");
    expect(advise(tasks.toReversed()).recommendations).toEqual(advise(tasks).recommendations);
  });

  it("moves an agent one step at a time, and leaves it alone while its trial runs", () => {
    const tasks = rowsOf("all-opus");
    const [first] = advise(tasks).recommendations;
    if (!first) throw new Error("no advice");
    const decisions = [{ step: "applied", at: LOOP_START, recommendation: first }] as const;
    const agents = advise(tasks, { decisions }).recommendations.map(({ subject }) => subject.agent);
    expect(agents).not.toContain(first.subject.agent);
  });

  it("tries no step again that its user reverted, or its trial with a chance below one half", () => {
    const tasks = rowsOf("all-opus");
    const [first] = advise(tasks).recommendations;
    if (!first) throw new Error("no advice");
    const decision = { step: "reverted", at: LOOP_START, recommendation: first } as const;
    const idsAfter = (decisions: readonly Decision[]) =>
      advise(tasks, { decisions }).recommendations.map(({ id }) => id);
    expect(idsAfter([decision])).not.toContain(first.id);
    const worse = { ...decision, why: "success is lower: 1 of 8" };
    const failed = tasks
      .filter(({ agent }) => agent === first.subject.agent)
      .slice(0, 12)
      .map((task) => ({
        ...task,
        models: [first.proposed?.model ?? ""],
        effort: first.proposed?.effort ?? "medium",
        outcome: "failed" as const,
      }));
    const ids = advise([...tasks, ...failed], { decisions: [worse] }).recommendations.map(({ id }) => id);
    expect(ids).not.toContain(first.id);
  });

  it("counts no prompt that corrects as ordinary work of the main session", () => {
    const tasks = rowsOf("all-opus");
    const { all } = linkRedos(tasks);
    const corrections = [...all].filter(({ agent }) => agent === "main");
    const main = readUnits(tasks, linkRedos(tasks), new Map()).find(({ agent }) => agent === "main");
    expect(corrections.length).toBeGreaterThan(5);
    expect(main?.tasks.filter((task) => all.has(task))).toEqual([]);
  });

  it("proposes the same whatever more of the period has no task", () => {
    const tasks = rowsOf("mixed-tiers");
    const inDays = (days: number) =>
      recommend(tasks, policy, {
        since: LOOP_START - days * DAY_MS,
        until: LOOP_START,
      }).recommendations;
    expect(inDays(90)).toEqual(inDays(40));
  });

  it("gives a reason in words where expensive models get no advice", () => {
    const tasks = rowsOf("all-opus").map((task) => ({ ...task, outcome: "unknown" as const }));
    const { recommendations, reasons } = advise(tasks);
    expect(recommendations).toEqual([]);
    expect(reasons.join()).toContain("0 known outcomes on its model, and a trial needs 12");
  });

  it("says act only if both models have 20 known outcomes and dollars are saved for sure", () => {
    const all = (["mixed-tiers", "two-kinds"] as const).flatMap((shape) =>
      [1, 2, 3, 4].flatMap((seed) => advise(rowsOf(shape, seed)).recommendations),
    );
    for (const { confidence, evidence, savingsUsdPerMonth } of all) {
      if (confidence !== "act") continue;
      expect(Math.min(evidence.current.known, evidence.proposed.known)).toBeGreaterThanOrEqual(20);
      expect(savingsUsdPerMonth.low).toBeGreaterThan(0);
    }
  });
});

it("a redo is linked to the failed task, costs what it cost, and is no ordinary task", () => {
  const tasks = rowsOf("haiku-too-weak");
  const redos = linkRedos(tasks);
  const failed = tasks.filter((task) => redos.of(task));
  expect(failed.length).toBeGreaterThan(10);
  for (const task of failed) expect(redos.costOf(task)).toBeGreaterThanOrEqual(redos.of(task)?.costNano ?? 0);
  for (const redo of redos.all) expect(redo.models[0]).toContain("opus");
});

it("five months of advice lose money nowhere, and fail no more often than simple methods", async () => {
  const shapes = ["all-opus", "sonnet-everywhere", "routed"] as const;
  const run = async (make: typeof rulesAlone) => {
    const played = await Promise.all(
      shapes.map((shape) => {
        const world = drawLoopWorld(11, shape);
        return play(world, make(world));
      }),
    );
    const harm = played.reduce((total, one) => total + one.harm, 0) / shapes.length;
    return { harm, below: played.filter(({ savedUsd }) => savedUsd < -0.01).length };
  };
  const rolecall = await run(rulesAlone);
  expect(rolecall).toMatchObject({ below: 0 });
  expect(rolecall.harm).toBeLessThan(0.02);
  for (const other of [alwaysSonnet, staticTable, thompson, simpleTrials])
    expect(rolecall.harm).toBeLessThan(Math.max(0.02, (await run(other)).harm));
}, 240_000);

it("docs/advice.md shows the loop as it is", () => {
  const shown = /from test\/cli\/advice\/loop-80\.txt -->\n\n```console\n([^]*?)```/.exec(
    readFileSync(join(ROOT, "docs/advice.md"), "utf8"),
  )?.[1];
  const snapshot = readFileSync(join(ROOT, "test/cli/advice/loop-80.txt"), "utf8");
  const blocks = (shown ?? "").split(/\n(?=\$ )/).map((block) => block.trim());
  expect(blocks.length).toBe(2);
  for (const block of blocks) expect(snapshot).toContain(block);
});
