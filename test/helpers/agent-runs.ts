import type { AdviceTask } from "../../src/advice/failure.ts";
import { createRepricer } from "../../src/advice/reprice.ts";
import type { Tier } from "../../src/domain/model.ts";
import type { Category, Outcome } from "../../src/domain/task.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { createModelTable } from "../../src/models/resolve.ts";

export const DAY_MS = 86_400_000;
/** The end of the runs' period. */
export const UNTIL = Date.UTC(2026, 10, 20);
const TOKENS = {
  input: 100,
  output: 4000,
  thinking: 0,
  cacheWrite5m: 40_000,
  cacheWrite1h: 0,
  cacheRead: 120_000,
};

export interface RunSpec {
  agent: string;
  tier: Tier;
  outcome: Outcome;
  category?: Category;
  /** The failed task that it does again. */
  redoOf?: AdviceTask;
  /** How much more work a redo is. */
  redoSize?: number;
}

let line = 0;

/** A run at list price; a redo is the place that the failed task's outcome rests on. */
function run({
  agent,
  tier,
  outcome,
  category = "code-generation",
  redoOf,
  redoSize = 1,
}: RunSpec): AdviceTask {
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
export function runs(spec: Omit<RunSpec, "outcome">, accepted: number, escalated: number): AdviceTask[] {
  const failed = Array.from({ length: escalated }, () => {
    const first = run({ ...spec, outcome: "escalated" });
    return [first, run({ ...spec, tier: "opus", outcome: "accepted", redoOf: first })];
  });
  return [...Array.from({ length: accepted }, () => run({ ...spec, outcome: "accepted" })), ...failed.flat()];
}
