import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import type { Outcome, Task } from "../../src/domain/task.ts";
import { createRandom, drawNormal, type Random } from "../../src/advice/statistics/random.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { sizeOf, tokensOf } from "./oracle.ts";
import { priceRequests } from "./prices.ts";
import type { World, WorldRole } from "./world.ts";

export const WORLD_END = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;
const READS_ONLY = new Set(["explorer", "planner", "reviewer", "architect"]);

/** A task with what only the world knows. */
export interface WorldTask extends Task {
  difficulty: number;
}

const table = createModelTable();

/** The tasks of one period of the world's days, ending at `until`. */
export function drawTasks(
  world: World,
  until = WORLD_END,
  habits: ReadonlyMap<string, ModelAtEffort> = new Map(),
): WorldTask[] {
  const random = createRandom(world.seed * 104_729 + Math.round(until / DAY_MS));
  return world.roles.flatMap((role) => {
    const count = drawCount(random, role.tasksPerDay * world.days);
    return Array.from({ length: count }, (_, i) => {
      const at = random();
      const difficulty = drawNormal(random);
      const assignment = habits.get(role.role) ?? role.habit(at, difficulty, random);
      const startedAt = until - Math.round((1 - at) * world.days * DAY_MS) - 1;
      return drawTask(world, role, assignment, difficulty, startedAt, `${role.role}-${i}`, random);
    });
  });
}

export function drawTask(
  world: World,
  role: WorldRole,
  assignment: ModelAtEffort,
  difficulty: number,
  startedAt: number,
  name: string,
  random: Random,
): WorldTask {
  const usual = tokensOf(role, assignment, difficulty);
  const size = sizeOf(drawNormal(random));
  const tokens = {
    input: Math.round(usual.input * size),
    output: Math.round(usual.output * size),
    thinking: 0,
    cacheWrite5m: Math.round(usual.cacheWrite5m * size),
    cacheWrite1h: 0,
    cacheRead: Math.round(usual.cacheRead * size),
  };
  const entry = table.find(assignment.model);
  const apparent = world.shows * difficulty;
  const costNano = priceRequests(assignment.model, tokens, role.usual.requests, startedAt);
  const succeeded = random() < role.succeeds(assignment, difficulty);
  const outcome = drawOutcome(world, succeeded, random);
  const tier = entry?.family;
  const session = `s-${world.seed}-${role.role}-${Math.floor(startedAt / (DAY_MS / 4))}`;
  return {
    kind: role.agent === "main" ? "turn" : "agent-run",
    session,
    project: "shop-api",
    ...(role.agent === "main" ? { index: Number(name.split("-").at(-1)) } : { agentId: name }),
    agent: role.agent,
    role: role.role,
    startedAt,
    durationMs: 60_000,
    models: [assignment.model],
    ...(tier ? { startTier: tier, finalTier: tier } : {}),
    ...(assignment.effort ? { effort: assignment.effort } : {}),
    requests: role.usual.requests,
    tokens,
    costNano,
    fullCostNano: costNano,
    contextTokens: Math.round(role.usual.context * Math.exp(0.3 * apparent + 0.3 * drawNormal(random))),
    promptWords: Math.round(40 * Math.exp(0.4 * apparent + 0.5 * drawNormal(random))),
    filesTouched: READS_ONLY.has(role.role)
      ? 0
      : Math.max(0, Math.round(2 + 1.5 * apparent + drawNormal(random))),
    verification: random() < 0.5 ? "none" : outcome === "failed" ? "failed" : "passed",
    retries: 0,
    outcome,
    strength: "strong",
    evidence: [{ file: `${session}.jsonl`, line: 3, why: "the next prompt goes on" }],
    categories: { complexity: role.complexity, category: role.category, from: [`agent:${role.agent}`] },
    difficulty,
  };
}

function drawOutcome(world: World, succeeded: boolean, random: Random): Outcome {
  if (random() < world.unknown) return "unknown";
  const shown = random() < world.misleading ? !succeeded : succeeded;
  if (shown) return "accepted";
  const roll = random();
  return roll < 0.6 ? "reworked" : roll < 0.85 ? "failed" : "escalated";
}

/** A Poisson count, by its normal limit where it is large. */
function drawCount(random: Random, expected: number): number {
  return Math.max(0, Math.round(expected + Math.sqrt(expected) * drawNormal(random)));
}
