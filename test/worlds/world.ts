import { EFFORTS, FAMILIES, tierRank, type Effort, type Tier } from "../../src/domain/model.ts";
import type { ModelAtEffort } from "../../src/domain/recommendation.ts";
import type { Complexity, WorkClass } from "../../src/domain/task.ts";
import { NO_USAGE, type Tokens } from "../../src/domain/usage.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { priceUsage } from "../../src/models/price.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { normalQuantile } from "../../src/advice/statistics/normal.ts";
import { createRandom, drawNormal, type Random } from "../../src/advice/statistics/random.ts";

/** How users come to the model they use. */
export const SHAPES = [
  "one-model",
  "one-model-light",
  "one-model-hard-thinking",
  "routed",
  "mixed-at-random",
  "sorted-by-difficulty",
  "drifting",
  "new-model-halfway",
  "all-equal",
  "half-routed",
] as const;
export type Shape = (typeof SHAPES)[number];

/** A user whose truth is known. */
export interface World {
  seed: number;
  shape: Shape;
  roles: readonly WorldRole[];
  days: number;
  /** Share of outcomes that say the opposite of the truth, and of those that say nothing. */
  misleading: number;
  unknown: number;
}

export interface WorldRole {
  role: string;
  agent: string;
  complexity: Complexity;
  workClass: WorkClass;
  tasksPerDay: number;
  /** True chance that a task of this difficulty (0 is usual, 1 a deviation harder) succeeds. */
  succeeds: (assignment: ModelAtEffort, difficulty: number) => number;
  /** Tokens relative to the usual task on the same tokenizer: of output, and of everything else. */
  usesTokens: (assignment: ModelAtEffort, difficulty: number) => { output: number; rest: number };
  /** Tokens of the usual task. */
  usual: { requests: number; context: number; output: number };
  /** What the user has it run on; `at` is the share of the period that is over. */
  habit: (at: number, difficulty: number, random: Random) => ModelAtEffort;
}

const table = createModelTable();
const PRICED_AT = Date.UTC(2026, 10, 20);

const CANDIDATES: readonly ModelAtEffort[] = FAMILIES.flatMap((tier) =>
  EFFORTS.filter((effort) => effort !== "max").map((effort) => ({ model: TIER_MODELS[tier], effort })),
);

const JOBS: readonly { role: string; agent: string; complexity: Complexity; workClass: WorkClass }[] = [
  { role: "explorer", agent: "Explore", complexity: "exploration", workClass: "other" },
  { role: "implementer", agent: "implementer", complexity: "generative", workClass: "code-generation" },
  { role: "planner", agent: "planner", complexity: "reasoning", workClass: "planning" },
  { role: "reviewer", agent: "code-reviewer", complexity: "generative", workClass: "other" },
  { role: "test-writer", agent: "test-writer", complexity: "generative", workClass: "code-generation" },
  { role: "formatter", agent: "formatter", complexity: "mechanical", workClass: "other" },
  { role: "commit-and-docs", agent: "commit-and-docs", complexity: "mechanical", workClass: "other" },
  { role: "debugger", agent: "debugger", complexity: "reasoning", workClass: "debugging" },
  { role: "architect", agent: "architect", complexity: "reasoning", workClass: "planning" },
  { role: "main", agent: "main", complexity: "generative", workClass: "other" },
];

/** Range of log odds that a step down from the tier costs; drawn, so that no rule can know it. */
const TIER_STEP: Record<Complexity, Partial<Record<Tier, readonly [number, number]>>> = {
  mechanical: { fable: [0, 0.1], opus: [0, 0.15], sonnet: [0, 0.25] },
  exploration: { fable: [0, 0.1], opus: [0, 0.2], sonnet: [0, 0.3] },
  generative: { fable: [0, 0.3], opus: [0, 0.5], sonnet: [0.3, 1.2] },
  reasoning: { fable: [0, 0.4], opus: [0.3, 1.4], sonnet: [0.4, 1.6] },
};

/** Draws one user. The same seed is the same world. */
export function drawWorld(seed: number, shape: Shape): World {
  const random = createRandom(seed * 7919 + 17);
  const between = (low: number, high: number) => low + random() * (high - low);
  const many = shape === "one-model-light" ? between(1, 3) : between(2, JOBS.length + 1);
  const jobs = shuffled(JOBS, random).slice(0, Math.floor(many));
  const everywhere = oneModel(shape, random);
  const roles = jobs.map((job) => drawRole(job, shape, everywhere, random));
  return {
    seed,
    shape,
    roles,
    days: random() < 0.8 ? 30 : Math.round(between(12, 28)),
    misleading: 0.1,
    unknown: between(0.05, 0.35),
  };
}

function oneModel(shape: Shape, random: Random): ModelAtEffort {
  const tier: Tier = pick(["opus", "opus", "sonnet", "fable"], random);
  const hard: Effort = pick(["high", "xhigh"], random);
  const usual: Effort = pick(["medium", "medium", "high"], random);
  return { model: TIER_MODELS[tier], effort: shape === "one-model-hard-thinking" ? hard : usual };
}

function drawRole(
  job: (typeof JOBS)[number],
  shape: Shape,
  everywhere: ModelAtEffort,
  random: Random,
): WorldRole {
  const between = (low: number, high: number) => low + random() * (high - low);
  const light = shape === "one-model-light";
  const truth = shape === "all-equal" ? equalTruth(random) : drawTruth(job.complexity, random);
  const usual = {
    requests: Math.round(between(3, 20)),
    context: between(15_000, 60_000),
    output: between(200, 1500),
  };
  const role: WorldRole = {
    ...job,
    ...truth,
    tasksPerDay: Math.exp(between(Math.log(light ? 0.4 : 1), Math.log(light ? 2 : 25))),
    usual,
    habit: () => everywhere,
  };
  return { ...role, habit: drawHabit(role, shape, everywhere, random) };
}

type Truth = Pick<WorldRole, "succeeds" | "usesTokens">;

function drawTruth(complexity: Complexity, random: Random): Truth {
  const between = (low: number, high: number) => low + random() * (high - low);
  const steps = TIER_STEP[complexity];
  const ability: Record<Tier, number> = { haiku: 0, sonnet: 0, opus: 0, fable: 0 };
  for (const tier of FAMILIES.slice(1)) {
    const [low, high] = steps[tier] ?? [0, 0];
    ability[tier] = ability[FAMILIES[tierRank(tier) - 1] as Tier] + between(low, high);
  }
  const easy = complexity === "mechanical" || complexity === "exploration";
  const effortAt: number[] = [0];
  for (const most of [easy ? 0.1 : 0.6, 0.2, 0.1, 0.1])
    effortAt.push((effortAt.at(-1) ?? 0) + between(0, most));
  const base = Math.log(1 / (1 - between(0.78, 0.97)) - 1) - ability.opus - (effortAt[1] ?? 0);
  const slope = between(0.2, 1);
  const tokens = Object.fromEntries(FAMILIES.map((tier) => [tier, Math.exp(0.2 * drawNormal(random))]));
  const outputAt = EFFORTS.map(() => Math.exp(0.1 * drawNormal(random)));
  return {
    succeeds: (assignment, difficulty) => {
      const [tier, effort] = rungOf(assignment);
      return 1 / (1 + Math.exp(-(base + ability[tier] + (effortAt[effort] ?? 0) - slope * difficulty)));
    },
    usesTokens: (assignment, difficulty) => {
      const [tier, effort] = rungOf(assignment);
      const entry = table.find(assignment.model);
      const index = entry?.effortCost?.[EFFORTS[effort] ?? "medium"] ?? 1;
      const size = (tokens[tier] ?? 1) * Math.exp(0.3 * difficulty);
      return { output: size * index * (outputAt[effort] ?? 1), rest: size * (0.7 + 0.3 * index) };
    },
  };
}

/** Every model does equally well, and costs the same because the cheaper ones need more tokens. */
function equalTruth(random: Random): Truth {
  const base = 1 + 1.5 * random();
  return {
    succeeds: (_assignment, difficulty) => 1 / (1 + Math.exp(-(base - 0.5 * difficulty))),
    usesTokens: ({ model }, difficulty) => {
      const size = (20 / (table.find(model)?.rates?.output ?? 20)) * Math.exp(0.3 * difficulty);
      return { output: size, rest: size };
    },
  };
}

function drawHabit(
  role: WorldRole,
  shape: Shape,
  everywhere: ModelAtEffort,
  random: Random,
): WorldRole["habit"] {
  const opus: ModelAtEffort = { model: TIER_MODELS.opus, effort: "medium" };
  const sonnet: ModelAtEffort = { model: TIER_MODELS.sonnet, effort: "medium" };
  const haiku: ModelAtEffort = { model: TIER_MODELS.haiku, effort: "medium" };
  const pairs = [
    [opus, sonnet],
    [sonnet, haiku],
    [opus, haiku],
  ] as const;
  const [strong, weak] = pick(shape === "all-equal" ? pairs.slice(0, 1) : pairs, random) ?? [opus, sonnet];
  const share = 0.3 + 0.5 * random();
  const routed = shape === "routed" || (shape === "half-routed" && random() < 0.5);
  const best = settle(role, opus);
  if (routed) return () => best;
  switch (shape) {
    case "all-equal":
    case "mixed-at-random":
      return (_at, _difficulty, random) => (random() < share ? strong : weak);
    case "sorted-by-difficulty":
      return (_at, difficulty, random) => (difficulty + 0.5 * drawNormal(random) > 0 ? strong : weak);
    case "drifting":
      return (at, _difficulty, random) => (random() < at * 1.2 ? strong : weak);
    case "new-model-halfway":
      return (at) => (at < 0.5 ? { model: "claude-opus-5", effort: "high" } : { ...opus, effort: "high" });
    default:
      return () => everywhere;
  }
}

/** The cheapest assignment per accepted task that loses at most `tolerance` of success against `current`. */
export function bestFor(role: WorldRole, current: ModelAtEffort, tolerance = 0.03): ModelAtEffort {
  const least = successOf(role, current) - tolerance;
  const allowed = [current, ...CANDIDATES].filter((candidate) => successOf(role, candidate) >= least);
  return allowed.toSorted((a, b) => costPerAccepted(role, a) - costPerAccepted(role, b))[0] ?? current;
}

/** Moves on until there is nothing to gain any more. */
function settle(role: WorldRole, from: ModelAtEffort): ModelAtEffort {
  const next = bestFor(role, from);
  return next.model === from.model && next.effort === from.effort ? from : settle(role, next);
}

/** 200 difficulties that stand for a standard normal. */
const USUAL_DIFFICULTIES = Array.from({ length: 200 }, (_, i) => normalQuantile((i + 0.5) / 200));

export function successOf(
  role: WorldRole,
  assignment: ModelAtEffort,
  difficulties = USUAL_DIFFICULTIES,
): number {
  return mean(difficulties.map((difficulty) => role.succeeds(assignment, difficulty)));
}

function costPerAccepted(role: WorldRole, assignment: ModelAtEffort): number {
  return costOf(role, assignment) / successOf(role, assignment);
}

/** Mean cost of a task in dollars. */
export function costOf(
  role: WorldRole,
  assignment: ModelAtEffort,
  difficulties = USUAL_DIFFICULTIES,
): number {
  return mean(difficulties.map((difficulty) => taskCost(role, assignment, difficulty)));
}

/** Cost of the usual task of one difficulty in dollars, before chance. */
function taskCost(role: WorldRole, assignment: ModelAtEffort, difficulty: number): number {
  return (
    priceRequests(assignment.model, tokensOf(role, assignment, difficulty), role.usual.requests, PRICED_AT) /
    1e9
  );
}

/** A task's tokens priced as so many equal requests, in nano-dollars. */
export function priceRequests(model: string, tokens: Partial<Tokens>, requests: number, at: number): number {
  const entry = table.find(model);
  const each = Object.fromEntries(Object.entries(tokens).map(([key, count]) => [key, count / requests]));
  const cost = entry && priceUsage(entry, { ...NO_USAGE, ...each }, { at });
  if (cost === undefined) throw new Error(`no price for ${model}`);
  return cost * requests;
}

/** Tokens of the usual task of one difficulty, before chance. */
export function tokensOf(role: WorldRole, assignment: ModelAtEffort, difficulty: number) {
  const { output, rest } = role.usesTokens(assignment, difficulty);
  const { requests, context, output: perRequest } = role.usual;
  return {
    input: 10 * requests * rest,
    output: perRequest * requests * output,
    cacheWrite5m: context * rest,
    cacheRead: context * 0.6 * (requests - 1) * rest,
  };
}

/** Tier and effort; models of earlier generations are taken for their tier's. */
function rungOf({ model, effort }: ModelAtEffort): [Tier, number] {
  const entry = table.find(model);
  return [entry?.family ?? "sonnet", EFFORTS.indexOf(effort ?? entry?.defaultEffort ?? "medium")];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

function shuffled<T>(from: readonly T[], random: Random): T[] {
  return from
    .map((value) => ({ value, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
