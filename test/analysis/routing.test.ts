import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/advice/statistics/random.ts";
import { estimateCurve, routeByHistory } from "../../src/analysis/routing.ts";
import type { Tier } from "../../src/domain/model.ts";
import type { Complexity, Task } from "../../src/domain/task.ts";

const COST: Readonly<Record<string, number>> = { haiku: 1e8, sonnet: 4e8, opus: 10e8 };
type Truth = Readonly<Partial<Record<Complexity, Readonly<Record<string, number>>>>>;

/** Easy work goes well everywhere, hard work only on the strong tier. */
const DIFFERS: Truth = {
  mechanical: { haiku: 0.95, sonnet: 0.96, opus: 0.97 },
  generative: { haiku: 0.6, sonnet: 0.9, opus: 0.92 },
  reasoning: { haiku: 0.3, sonnet: 0.6, opus: 0.85 },
};
/** The complexity says nothing: each tier does everything equally well. */
const SAME: Truth = {
  mechanical: { haiku: 0.6, sonnet: 0.75, opus: 0.9 },
  generative: { haiku: 0.6, sonnet: 0.75, opus: 0.9 },
  reasoning: { haiku: 0.6, sonnet: 0.75, opus: 0.9 },
};

/** Judged tasks of a world whose success rates are known. */
function tasksOf(truth: Truth, count: number, seed: number): Task[] {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return Array.from({ length: count }, (_, at) => {
    const complexity = pick(Object.keys(truth) as Complexity[]);
    const tier = pick(["haiku", "sonnet", "opus"] as const);
    const outcome = random() < (truth[complexity]?.[tier] ?? 0) ? "accepted" : "failed";
    return task({
      complexity,
      tier,
      outcome,
      session: `s${Math.floor(at / 3)}`,
      cost: (COST[tier] ?? 0) * (0.5 + random()),
    });
  });
}

function task(of: {
  complexity: Complexity;
  tier: Tier;
  outcome: Task["outcome"];
  session: string;
  cost: number;
}): Task {
  return {
    role: "main",
    session: of.session,
    startTier: of.tier,
    models: ["claude"],
    outcome: of.outcome,
    costNano: of.cost,
    categories: { complexity: of.complexity, class: "other", from: [] },
  } as unknown as Task;
}

const many = (tier: Tier, count: number, outcome: Task["outcome"]): Task[] =>
  Array.from({ length: count }, (_, n) =>
    task({ complexity: "generative", tier, outcome, session: `${tier}${n}`, cost: 1 }),
  );

const supported = (tasks: Task[]): Tier | undefined => routeByHistory(tasks)[0]?.supported;

/** The mean area of ten worlds. */
function meanArea(truth: Truth, count: number): number {
  const areas = Array.from(
    { length: 10 },
    (_, seed) => estimateCurve(tasksOf(truth, count, seed + 1))?.area ?? 0,
  );
  return areas.reduce((a, b) => a + b, 0) / areas.length;
}

describe("routing by history", () => {
  it("finds the cheapest tier with at least 95 % of the strongest one's success, for each kind of work", () => {
    const units = routeByHistory(tasksOf(DIFFERS, 3000, 1));
    const found = Object.fromEntries(units.map((unit) => [unit.complexity, unit.supported]));
    expect(found).toEqual({ mechanical: "haiku", generative: "sonnet", reasoning: "opus" });
  });

  it("supports nothing where only one tier is known, or too few outcomes are", () => {
    expect(supported(many("opus", 50, "accepted"))).toBeUndefined();
    expect(supported([...many("opus", 50, "accepted"), ...many("haiku", 11, "accepted")])).toBeUndefined();
    expect(supported([...many("opus", 50, "accepted"), ...many("haiku", 50, "unknown")])).toBeUndefined();
    expect(supported([...many("opus", 50, "accepted"), ...many("haiku", 12, "accepted")])).toBeDefined();
  });
});

describe("the curve", () => {
  it("lies above random routing where kinds of work differ, the more the more is known", () => {
    expect(meanArea(DIFFERS, 300)).toBeGreaterThan(0.6);
    expect(meanArea(DIFFERS, 3000)).toBeGreaterThan(0.75);
  });

  it("is no better than random where they do not", () => {
    expect(meanArea(SAME, 3000)).toBeGreaterThan(0.4);
    expect(meanArea(SAME, 3000)).toBeLessThan(0.58);
  });

  it("its ends are one tier for everything, and a coin lies between them", () => {
    const curve = estimateCurve(tasksOf(DIFFERS, 1000, 2));
    expect(curve?.single.map(({ tier }) => tier)).toEqual(["haiku", "sonnet", "opus"]);
    const [low, , , , high] = curve?.random ?? [];
    expect([low?.costNano, high?.costNano]).toEqual([curve?.single[0]?.costNano, curve?.single[2]?.costNano]);
    expect(curve?.routed[0]?.success).toBeGreaterThan(curve?.single[0]?.success ?? 1);
  });

  it("there is none with one tier, and no area where the strongest is not better", () => {
    const one = tasksOf(DIFFERS, 300, 3).filter(({ startTier }) => startTier === "opus");
    expect(estimateCurve(one)).toBeUndefined();
    const flat = { mechanical: { haiku: 1, sonnet: 1, opus: 1 } };
    expect(estimateCurve(tasksOf(flat, 300, 4))?.area).toBeNull();
  });
});
