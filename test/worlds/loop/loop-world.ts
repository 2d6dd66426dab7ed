import { createRandom, type Random } from "../../../src/advice/statistics/random.ts";
import type { ModelAtEffort } from "../../../src/domain/recommendation.ts";
import type { Category, Complexity } from "../../../src/domain/task.ts";
import { TIER_MODELS } from "../../../src/models/catalogue.ts";
import { costOf, mean, successOf } from "../oracle.ts";
import { drawTruth, equalTruth } from "../truth.ts";
import { pick, type World, type WorldRole } from "../world.ts";

/** How the users of the closed loop work. */
export const LOOP_SHAPES = [
  "all-opus",
  "much-main",
  "plan-mode",
  "haiku-too-weak",
  "drift",
  "two-kinds",
  "pinned-previous",
  "sonnet-everywhere",
  "review",
  "efforts-differ",
  "equal",
  "routed",
  "few-tasks",
  "mixed-tiers",
  "haiku-everywhere",
  "fable-everywhere",
  "hard-thinking",
  "other-file-names",
] as const;
export type LoopShape = (typeof LOOP_SHAPES)[number];

/** One agent's work of one kind, or the main session's. */
export interface LoopRole extends WorldRole {
  /** Name of its file without `.md`, if its agent has one. */
  file: string;
  start: ModelAtEffort;
  /** Log odds of success lost from the third month on by models below Opus. */
  drift: number;
  /** What doing a failed task again costs, in tasks on Opus. */
  redoSize: number;
  /** The other assignment of a history that has two. */
  beside?: ModelAtEffort;
}

export interface LoopWorld extends Omit<World, "shape" | "roles"> {
  shape: LoopShape;
  roles: readonly LoopRole[];
}

export const OPUS: ModelAtEffort = { model: TIER_MODELS.opus, effort: "medium" };
export const SONNET: ModelAtEffort = { model: TIER_MODELS.sonnet, effort: "medium" };
export const HAIKU: ModelAtEffort = { model: TIER_MODELS.haiku, effort: "medium" };
const FABLE: ModelAtEffort = { model: TIER_MODELS.fable, effort: "medium" };
const PREVIOUS: ModelAtEffort = { model: "claude-opus-5", effort: "medium" };
const TOLERANCE = 0.03;

type Job = readonly [agent: string, complexity: Complexity, category: Category];
const MAIN: Job = ["main", "generative", "code-generation"];
const JOBS: readonly Job[] = [
  ["implementer", "generative", "code-generation"],
  ["explorer", "exploration", "question"],
  ["planner", "reasoning", "planning"],
  ["code-reviewer", "generative", "review"],
  ["test-writer", "generative", "code-generation"],
  ["formatter", "mechanical", "refactoring"],
  ["docs-writer", "mechanical", "docs"],
  ["debugger", "reasoning", "debugging"],
  ["architect", "reasoning", "planning"],
];
const TWO_KINDS: readonly Job[] = [
  ["worker", "mechanical", "docs"],
  ["worker", "reasoning", "debugging"],
];

/** Draws one user. The same seed and shape are the same world. */
export function drawLoopWorld(seed: number, shape: LoopShape): LoopWorld {
  const random = createRandom(seed * 6007 + LOOP_SHAPES.indexOf(shape) * 131 + 3);
  const shuffled = JOBS.map((job) => ({ job, at: random() })).toSorted((a, b) => a.at - b.at);
  const many = shape === "much-main" || shape === "few-tasks" ? 2 : 4;
  const own = shuffled.slice(0, many).map(({ job }) => job);
  const jobs =
    shape === "two-kinds"
      ? [...TWO_KINDS, ...own.slice(0, 2), MAIN]
      : shape === "review"
        ? [JOBS[3] as Job, JOBS[1] as Job, MAIN]
        : [...own, MAIN];
  return {
    seed,
    shape,
    roles: jobs.map((job) => drawLoopRole(job, shape, random)),
    days: 35,
    misleading: 0.05,
    unknown: 0.05 + 0.2 * random(),
    shows: random(),
  };
}

function drawLoopRole([agent, complexity, category]: Job, shape: LoopShape, random: Random): LoopRole {
  const between = (low: number, high: number) => low + random() * (high - low);
  const usual = {
    requests: Math.round(between(3, 8)),
    context: between(15_000, 60_000),
    output: between(200, 1500),
  };
  const truth = shape === "equal" ? equalTruth(usual, random) : drawTruth(complexity, [0.85, 0.97], random);
  const weak = shape === "haiku-too-weak" ? 1.5 : 0;
  const [least, most] = shape === "few-tasks" ? [0.3, 1] : [1, 6];
  const role: LoopRole = {
    role: `${agent}-${category}`,
    agent,
    complexity,
    category,
    ...truth,
    succeeds: (assignment, difficulty) => {
      const share = truth.succeeds(assignment, difficulty);
      const lost = weak > 0 && assignment.model === HAIKU.model && complexity !== "exploration" ? weak : 0;
      return lost === 0 ? share : 1 / (1 + ((1 - share) / share) * Math.exp(lost));
    },
    tasksPerDay: between(least, most) * (agent === "main" && shape === "much-main" ? 3 : 1),
    usual,
    file: shape === "other-file-names" ? `my-${agent}` : agent,
    start: OPUS,
    drift: shape === "drift" ? between(0.5, 1.5) : 0,
    redoSize: shape === "equal" ? 1 : between(1, 2.5),
    habit: () => OPUS,
  };
  return { ...role, ...startOf(role, shape, random) };
}

function startOf(role: LoopRole, shape: LoopShape, random: Random): Pick<LoopRole, "start" | "beside"> {
  switch (shape) {
    case "haiku-too-weak":
    case "haiku-everywhere":
      return { start: role.agent === "main" ? OPUS : HAIKU };
    case "two-kinds":
      return role.agent === "worker" ? { start: OPUS, beside: HAIKU } : { start: OPUS };
    case "mixed-tiers":
      return { start: OPUS, beside: pick([SONNET, HAIKU], random) };
    case "pinned-previous":
      return { start: PREVIOUS };
    case "sonnet-everywhere":
    case "review":
      return { start: SONNET };
    case "efforts-differ":
      return { start: { ...OPUS, effort: pick(["low", "high"], random) } };
    case "hard-thinking":
      return { start: { ...OPUS, effort: "xhigh" } };
    case "fable-everywhere":
      return { start: FABLE };
    case "routed":
      return { start: bestAssignment({ ...role, start: OPUS }) };
    default:
      return { start: OPUS };
  }
}

const CANDIDATES: readonly ModelAtEffort[] = [FABLE, OPUS, SONNET, HAIKU].flatMap(({ model }) =>
  (["low", "medium", "high", "xhigh"] as const).map((effort) => ({ model, effort })),
);

const known = new WeakMap<LoopRole, Map<string, number>>();

/** Costs and rates are sums over many difficulties and sizes: each is made once. */
function once(role: LoopRole, key: string, make: () => number): number {
  const own = known.get(role) ?? new Map<string, number>();
  known.set(role, own);
  const value = own.get(key) ?? make();
  own.set(key, value);
  return value;
}

/** True share of success, `late` from the third month on. */
export function trueSuccess(role: LoopRole, at: ModelAtEffort, late = false): number {
  const share = once(role, `success ${at.model} ${at.effort}`, () => successOf(role, at));
  if (!late || role.drift === 0 || at.model === TIER_MODELS.opus || at.model === TIER_MODELS.fable)
    return share;
  return 1 / (1 + ((1 - share) / share) * Math.exp(role.drift));
}

/** True dollars of a task: its run, and what its failures' redos cost. */
export function trueCost(role: LoopRole, at: ModelAtEffort, late = false): number {
  return runUsd(role, at) + (1 - trueSuccess(role, at, late)) * redoUsd(role);
}

/** A failure is done again on Opus. */
function redoUsd(role: LoopRole): number {
  return role.redoSize * runUsd(role, OPUS);
}

function runUsd(role: LoopRole, at: ModelAtEffort): number {
  return once(role, `cost ${at.model} ${at.effort}`, () => costOf(role, at));
}

/** The cheapest assignment that loses at most three points of success against the start. */
function bestAssignment(role: LoopRole, late = false): ModelAtEffort {
  const least = trueSuccess(role, role.start, late) - TOLERANCE;
  return [role.start, ...CANDIDATES]
    .filter((one) => trueSuccess(role, one, late) >= least)
    .reduce((best, one) => (trueCost(role, one, late) < trueCost(role, best, late) ? one : best), role.start);
}

/** Savings and harm of assignments against the start, in dollars and failed tasks a month. */
export function weighAssignments(
  { roles }: LoopWorld,
  assignmentOf: (role: LoopRole) => ModelAtEffort,
  late: boolean,
): { savedUsd: number; oracleUsd: number; spentUsd: number; tasks: number; harmed: number } {
  const each = roles.map((role) => {
    const to = assignmentOf(role);
    const monthly = role.tasksPerDay * 30;
    const lost = trueSuccess(role, role.start, late) - trueSuccess(role, to, late);
    const saved = monthly * (trueCost(role, role.start, late) - trueCost(role, to, late));
    const best = bestAssignment(role, late);
    return {
      saved: lost > TOLERANCE ? Math.min(0, saved) : saved,
      oracle: monthly * (trueCost(role, role.start, late) - trueCost(role, best, late)),
      spent: monthly * trueCost(role, role.start, late),
      tasks: monthly,
      harmed: monthly * Math.max(0, lost - TOLERANCE),
    };
  });
  const sum = (key: keyof (typeof each)[number]) => mean(each.map((one) => one[key])) * each.length;
  return {
    savedUsd: sum("saved"),
    oracleUsd: sum("oracle"),
    spentUsd: sum("spent"),
    tasks: sum("tasks"),
    harmed: sum("harmed"),
  };
}
