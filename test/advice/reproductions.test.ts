import { describe, expect, it } from "vitest";
import type { AdviceTask } from "../../src/advice/failure.ts";
import { recommend } from "../../src/advice/recommend.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { createRepricer } from "../../src/advice/reprice.ts";
import type { Category, Outcome } from "../../src/domain/task.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";

const DAY_MS = 86_400_000;
const UNTIL = Date.UTC(2026, 10, 20);
const policy = resolvePolicy([], modelFacts());
const TOKENS = {
  input: 100,
  output: 4000,
  thinking: 0,
  cacheWrite5m: 40_000,
  cacheWrite1h: 0,
  cacheRead: 120_000,
};

interface Spec {
  agent: string;
  tier: "opus" | "sonnet" | "haiku";
  outcome: Outcome;
  category?: Category;
  /** The failed task that it does again. */
  redoOf?: AdviceTask;
  /** How much more work a redo is. */
  redoSize?: number;
}

let line = 0;

/** A run at list price; a redo is the place that the failed task's outcome rests on. */
function run({ agent, tier, outcome, category = "code-generation", redoOf, redoSize = 1 }: Spec): AdviceTask {
  line++;
  const startedAt = UNTIL - 30 * DAY_MS + line * 60_000;
  const task = {
    kind: "agent-run",
    session: "s",
    project: "/p",
    agentId: `a${line}`,
    agent,
    role: agent,
    startedAt,
    durationMs: 1000,
    models: [TIER_MODELS[tier]],
    effort: "medium",
    requests: 4,
    tokens: TOKENS,
    costNano: 0,
    fullCostNano: 0,
    contextTokens: 40_000,
    promptWords: 20,
    filesTouched: 1,
    verification: "none",
    retries: 0,
    outcome,
    strength: "strong",
    evidence: [{ file: "s", line: line + 1, why: "done again" }],
    categories: {
      category,
      complexity: category === "code-generation" ? "generative" : "mechanical",
      from: [],
    },
    file: "s",
    line,
  } as const satisfies AdviceTask;
  const reprice = createRepricer({ model: TIER_MODELS[tier], effort: "medium" }, createModelTable());
  const costNano = (reprice?.(task) ?? 0) * (redoOf ? redoSize : 1);
  return {
    ...task,
    costNano,
    fullCostNano: costNano,
    ...(redoOf && { line: redoOf.evidence[0]?.line ?? 0 }),
  };
}

/** Runs of an agent of which some fail and are done again on Opus. */
function runs(spec: Omit<Spec, "outcome">, accepted: number, escalated: number): AdviceTask[] {
  const failed = Array.from({ length: escalated }, () => {
    const first = run({ ...spec, outcome: "escalated" });
    return [first, run({ ...spec, tier: "opus", outcome: "accepted", redoOf: first })];
  });
  return [...Array.from({ length: accepted }, () => run({ ...spec, outcome: "accepted" })), ...failed.flat()];
}

const advise = (tasks: readonly AdviceTask[]) =>
  recommend(tasks, policy, { since: UNTIL - 30 * DAY_MS, until: UNTIL }).recommendations;

describe("what the loop got wrong once", () => {
  it("work of which most is escalated goes straight to Opus, and its runs are claimed once", () => {
    const advice = advise(runs({ agent: "debugger", tier: "sonnet" }, 30, 90));
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
});
