import type { Effort, Tier } from "../../src/domain/model.ts";
import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import type { Complexity, Category } from "../../src/domain/task.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { createRandom, type Random } from "../../src/advice/statistics/random.ts";
import { drawHabit } from "./habits.ts";
import { drawTruth, equalTruth } from "./truth.ts";
import { BUSY, EQUAL, pick, type Shape, type World, type WorldRole } from "./world.ts";

interface Job {
  role: string;
  agent: string;
  complexity: Complexity;
  category: Category;
}

const JOBS: readonly Job[] = [
  { role: "explorer", agent: "Explore", complexity: "exploration", category: "question" },
  { role: "implementer", agent: "implementer", complexity: "generative", category: "code-generation" },
  { role: "planner", agent: "planner", complexity: "reasoning", category: "planning" },
  { role: "reviewer", agent: "code-reviewer", complexity: "generative", category: "review" },
  { role: "test-writer", agent: "test-writer", complexity: "generative", category: "code-generation" },
  { role: "formatter", agent: "formatter", complexity: "mechanical", category: "refactoring" },
  { role: "commit-and-docs", agent: "commit-and-docs", complexity: "mechanical", category: "git" },
  { role: "debugger", agent: "debugger", complexity: "reasoning", category: "debugging" },
  { role: "architect", agent: "architect", complexity: "reasoning", category: "planning" },
  { role: "main", agent: "main", complexity: "generative", category: "code-generation" },
];
/** Agents that a user named for themselves. */
const OWN_JOBS: readonly Job[] = [
  { role: "i18n-keys", agent: "i18n-keys", complexity: "mechanical", category: "code-generation" },
  { role: "log-digger", agent: "log-digger", complexity: "exploration", category: "question" },
  { role: "sql-writer", agent: "sql-writer", complexity: "generative", category: "code-generation" },
  { role: "threat-modeler", agent: "threat-modeler", complexity: "reasoning", category: "planning" },
];

/** Draws one user. The same seed is the same world. */
export function drawWorld(seed: number, shape: Shape): World {
  const random = createRandom(seed * 7919 + 17);
  const between = (low: number, high: number) => low + random() * (high - low);
  const few = shape === "one-model-light" || BUSY.has(shape);
  const many = few ? between(1, 3) : between(2, JOBS.length + 1);
  const jobs = shuffled(random() < 0.7 ? JOBS : [...JOBS, ...OWN_JOBS], random).slice(0, Math.floor(many));
  const everywhere = oneModel(shape, random);
  const roles = jobs.map((job) => drawRole(job, shape, everywhere, random));
  return {
    seed,
    shape,
    roles,
    days: random() < 0.8 ? 30 : Math.round(between(12, 28)),
    misleading: 0.1,
    unknown: between(0.05, 0.35),
    shows: random() < 0.7 ? 1 : between(0, 1),
  };
}

function oneModel(shape: Shape, random: Random): ModelAtEffort {
  const cheap = shape === "cheap-everywhere";
  const tier: Tier = pick(cheap ? ["haiku", "haiku", "sonnet"] : ["opus", "opus", "sonnet", "fable"], random);
  const hard: Effort = pick(["high", "xhigh"], random);
  const usual: Effort = pick(cheap ? ["low", "medium"] : ["medium", "medium", "high"], random);
  return { model: TIER_MODELS[tier], effort: shape === "one-model-hard-thinking" ? hard : usual };
}

function drawRole(job: Job, shape: Shape, everywhere: ModelAtEffort, random: Random): WorldRole {
  const between = (low: number, high: number) => low + random() * (high - low);
  const busy = BUSY.has(shape);
  const usual = {
    requests: Math.round(between(3, busy ? 6 : 8)),
    context: between(15_000, 60_000),
    output: between(200, 1500),
  };
  const truth = EQUAL.has(shape)
    ? equalTruth(usual, random)
    : drawTruth(job.complexity, busy ? [0.9, 0.985] : [0.78, 0.97], random);
  const [least, most] = shape === "one-model-light" ? [0.4, 2] : busy ? [15, 120] : [1, 25];
  const role: WorldRole = {
    ...job,
    ...truth,
    tasksPerDay: Math.exp(between(Math.log(least), Math.log(most))),
    usual,
    habit: () => everywhere,
  };
  return { ...role, habit: drawHabit(role, shape, everywhere, random) };
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  return from
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
