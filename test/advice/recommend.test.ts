import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULES } from "../../src/advice/rules/index.ts";
import { ADVICE_TITLES } from "../../src/domain/recommendation.ts";
import { drawTasks } from "../worlds/tasks.ts";
import { drawWorld } from "../worlds/draw-world.ts";
import { advise, inWorlds, NOTHING_TO_GAIN } from "./advise.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("rules", () => {
  it("there is one of each kind, with its page", () => {
    const kinds = Object.keys(ADVICE_TITLES);
    expect(RULES.map(({ kind }) => kind).sort()).toEqual(kinds.sort());
    for (const kind of kinds)
      expect(readFileSync(join(ROOT, `docs/advice/${kind}.md`), "utf8")).toMatch(/^# .+\n/);
  });
});

describe("recommend", () => {
  it("is silent without tasks", () => expect(advise([]).recommendations).toEqual([]));

  it("is the same for the same tasks in any order", () => {
    const tasks = drawTasks(drawWorld(6, "one-model"));
    expect(advise(tasks.toReversed())).toEqual(advise(tasks));
  });

  it.each(NOTHING_TO_GAIN)("is silent in four of five worlds without anything to gain: %s", (shape) => {
    const silent = inWorlds(shape, 5).filter(({ recommendations }) => recommendations.length === 0);
    expect(silent.length).toBeGreaterThanOrEqual(4);
  });

  it("goes on with the rest when the best was followed", () => {
    const tasks = drawTasks(drawWorld(401, "one-model"));
    const all = advise(tasks).recommendations;
    const rest = advise(tasks, { ignored: ({ id }) => id === all[0]?.id }).recommendations;
    expect(all.length).toBeGreaterThan(1);
    expect(rest.map(({ id }) => id)).toEqual(expect.arrayContaining(all.slice(1).map(({ id }) => id)));
  });

  it("asks for a purpose in the policy only for agents of the user's own", () => {
    const own = drawTasks(drawWorld(401, "one-model")).map((one) => ({ ...one, role: `my-${one.role}` }));
    for (const { subject, policyPatch } of advise(own).recommendations.filter(({ proposed }) => proposed))
      expect(policyPatch).toMatchObject({ roles: { [subject.role ?? ""]: { purpose: expect.any(String) } } });
  });

  it("calls no task a runaway because it ran on a dearer model", () => {
    const kinds = inWorlds("sorted-by-difficulty", 20).flatMap(({ recommendations }) =>
      recommendations.map(({ kind }) => kind),
    );
    expect(kinds).not.toContain("budget");
  });

  it("shows at most seven, no two for one role, and totals what they save together", () => {
    for (const { recommendations, totalUsdPerMonth } of inWorlds("one-model", 6)) {
      expect(recommendations.length).toBeLessThanOrEqual(7);
      const roles = recommendations.filter(({ proposed }) => proposed).map(({ subject }) => subject.role);
      expect(new Set(roles).size).toBe(roles.length);
      const mids = recommendations.map(({ savingsUsdPerMonth }) => savingsUsdPerMonth.mid);
      expect(totalUsdPerMonth.mid).toBeCloseTo(mids.reduce((a, b) => a + b, 0));
    }
  });

  it("never says act without 20 known outcomes on each side and an interval within the tolerance", () => {
    const all = (["mixed-at-random", "drifting", "one-model"] as const).flatMap((shape) =>
      inWorlds(shape, 8),
    );
    for (const one of all.flatMap(({ recommendations }) => recommendations)) {
      if (one.confidence !== "act") continue;
      expect(Math.min(one.evidence.current.known, one.evidence.proposed.known)).toBeGreaterThanOrEqual(20);
      expect(one.successChange?.low).toBeGreaterThanOrEqual(-0.03);
      expect(one.savingsUsdPerMonth.low).toBeGreaterThan(0);
    }
  });
});

it("the README shows the loop as it is", () => {
  const shown = /from test\/cli\/advice\/loop-80\.txt -->\n\n```console\n([^]*?)```/.exec(
    readFileSync(join(ROOT, "README.md"), "utf8"),
  )?.[1];
  const snapshot = readFileSync(join(ROOT, "test/cli/advice/loop-80.txt"), "utf8");
  const blocks = (shown ?? "").split(/\n(?=\$ )/).map((block) => block.trim());
  expect(blocks.length).toBe(2);
  for (const block of blocks) expect(snapshot).toContain(block);
});
