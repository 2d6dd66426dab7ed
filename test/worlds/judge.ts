import { createRandom } from "../../src/advice/statistics/random.ts";
import { planTrial, reviewTrial } from "../../src/advice/trial.ts";
import type { ModelAtEffort, Recommendation } from "../../src/domain/recommendation.ts";
import type { Adviser } from "./adviser.ts";
import { drawTask, drawTasks, WORLD_END, type WorldTask } from "./tasks.ts";
import { bestFor, costOf, mean, successOf } from "./oracle.ts";
import type { World, WorldRole } from "./world.ts";

const TOLERANCE = 0.03;
const DAY_MS = 86_400_000;
/** Months for which the user goes on following advice. */
const ROUNDS = 4;

/** What one world says about the advice that was given in it. */
export interface Verdict {
  acts: number;
  actsRight: number;
  tries: number;
  kept: number;
  /** Kept although the success rate falls by more than the tolerance, or nothing is saved. */
  keptWrong: number;
  forecasts: number;
  forecastsWithin: number;
  /** Dollars in 30 days: of everything, by the oracle, by the first month's advice, and in the end. */
  spentUsd: number;
  oracleUsd: number;
  firstUsd: number;
  broughtUsd: number;
  /** Of `broughtUsd`, what comes from roles that lose no more than the tolerance against where they began. */
  safeUsd: number;
  /** Whether there was anything to gain, and whether anything was said at first. */
  gain: boolean;
  silent: boolean;
}

/** Lets a user follow all advice for some months, and compares with what an oracle would have done at once. */
export async function judge(world: World, adviser: Adviser): Promise<Verdict> {
  const verdict = emptyVerdict();
  const moved = new Map<string, ModelAtEffort>();
  const first = drawTasks(world);
  let trials: WorldTask[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const until = WORLD_END + round * 30 * DAY_MS;
    const tasks = round === 0 ? first : [...drawTasks(world, until, moved), ...trials];
    const recommendations = await adviser.advise(tasks, until);
    // Transcripts hold turns of the main thread that only hand out work; they are no role of the world.
    const own = recommendations.filter(({ subject }) =>
      world.roles.some(({ role }) => role === subject.role),
    );
    if (round === 0) verdict.silent = own.length === 0;
    const results = own.map((one) => ({ one, ...follow(world, tasks, one, verdict) }));
    trials = results.flatMap(({ runs }) => runs);
    const kept = results.filter(({ proposed }) => proposed);
    for (const { one, proposed } of kept) if (proposed) moved.set(one.subject.role ?? "", proposed);
    await adviser.followed(
      kept.map(({ one }) => one),
      until,
    );
    if (round === 0) verdict.firstUsd = broughtUsd(world, first, moved);
  }
  adviser.close();
  return weighUp(world, first, moved, verdict);
}

function weighUp(
  world: World,
  first: readonly WorldTask[],
  moved: ReadonlyMap<string, ModelAtEffort>,
  verdict: Verdict,
): Verdict {
  const spentUsd = (first.reduce((sum, task) => sum + task.costNano, 0) / 1e9 / world.days) * 30;
  let oracleUsd = 0;
  for (const role of world.roles) {
    const now = currentOf(role, first);
    if (!now) continue;
    const difficulties = tasksAt(role, first, now).map((task) => task.difficulty);
    oracleUsd += savedUsd(role, first, now, bestFor(role, now, TOLERANCE, difficulties));
  }
  return {
    ...verdict,
    spentUsd,
    oracleUsd,
    broughtUsd: broughtUsd(world, first, moved),
    safeUsd: broughtUsd(world, first, moved, TOLERANCE),
    // Below this nobody could tell it from noise.
    gain: oracleUsd > Math.max(1, 0.05 * spentUsd),
  };
}

/**
 * Follows one recommendation, after its trial where it asks for one: where the role runs from then on, and the runs of a trial
 * that was taken back, which are seen next month.
 */
function follow(
  world: World,
  tasks: readonly WorldTask[],
  recommendation: Recommendation,
  verdict: Verdict,
): { proposed?: ModelAtEffort; runs: WorldTask[] } {
  const role = world.roles.find(({ role }) => role === recommendation.subject.role);
  const { current, proposed, confidence, savingsUsdPerMonth } = recommendation;
  if (!role || !current || !proposed || confidence === "watch") return { runs: [] };
  const savings = savedUsd(role, tasks, current, proposed);
  const right = savings > 0 && lossOf(role, tasks, current, proposed) <= TOLERANCE;
  verdict.forecasts += 1;
  if (savings >= savingsUsdPerMonth.low && savings <= savingsUsdPerMonth.high) verdict.forecastsWithin += 1;
  if (confidence === "act") {
    verdict.acts += 1;
    verdict.actsRight += right ? 1 : 0;
    return { proposed, runs: [] };
  }
  verdict.tries += 1;
  const { runs, kept } = runTrial(world, role, tasks, current, proposed);
  if (!kept) return { runs };
  verdict.kept += 1;
  verdict.keptWrong += right ? 0 : 1;
  return { proposed, runs: [] };
}

function runTrial(
  world: World,
  role: WorldRole,
  tasks: readonly WorldTask[],
  current: ModelAtEffort,
  proposed: ModelAtEffort,
): { runs: WorldTask[]; kept: boolean } {
  const random = createRandom(world.seed * 31 + tasks.length);
  const before = tasksAt(role, tasks, current);
  const known = before.filter((task) => task.outcome !== "unknown");
  const rate = mean(known.map((task) => (task.outcome === "accepted" ? 1 : 0)));
  const baseline = { rate, costNano: mean(before.map((task) => task.costNano)) };
  const plan = planTrial(rate, before.length);
  const last = Math.max(...tasks.map((task) => task.startedAt));
  const runs: WorldTask[] = [];
  for (let i = 0; i < plan.tasks * 2; i++) {
    const like = before[Math.floor(random() * before.length)];
    const at = last + DAY_MS + i * 1000;
    runs.push(drawTask(world, role, proposed, like?.difficulty ?? 0, at, `trial-${at}`, random));
    const { verdict } = reviewTrial(runs, baseline, plan);
    if (verdict !== "running") return { runs, kept: verdict === "keep" };
  }
  return { runs, kept: false };
}

/** What the moves truly save; a move that does harm counts as nothing. */
function broughtUsd(
  world: World,
  first: readonly WorldTask[],
  moved: ReadonlyMap<string, ModelAtEffort>,
  most = 2 * TOLERANCE,
): number {
  return world.roles.reduce((sum, role) => {
    const [from, to] = [currentOf(role, first), moved.get(role.role)];
    if (!from || !to) return sum;
    const saved = savedUsd(role, first, from, to);
    return sum + (saved < 0 || lossOf(role, first, from, to) <= most ? saved : 0);
  }, 0);
}

function lossOf(
  role: WorldRole,
  tasks: readonly WorldTask[],
  from: ModelAtEffort,
  to: ModelAtEffort,
): number {
  const moved = tasksAt(role, tasks, from).map((task) => task.difficulty);
  return successOf(role, from, moved) - successOf(role, to, moved);
}

/** Expected dollars in 30 days that the move saves, for the work that was done on `from`. */
function savedUsd(
  role: WorldRole,
  tasks: readonly WorldTask[],
  from: ModelAtEffort,
  to: ModelAtEffort,
): number {
  const moved = tasksAt(role, tasks, from).map((task) => task.difficulty);
  if (moved.length === 0) return 0;
  const again = successOf(role, from, moved) / successOf(role, to, moved);
  const volume = shareOfLatest(role, tasks, from) * role.tasksPerDay * 30;
  return volume * (costOf(role, from, moved) - again * costOf(role, to, moved));
}

function shareOfLatest(role: WorldRole, tasks: readonly WorldTask[], assignment: ModelAtEffort): number {
  const latest = latestOf(role, tasks);
  return latest.filter((task) => isAt(task, assignment)).length / Math.max(1, latest.length);
}

function latestOf(role: WorldRole, tasks: readonly WorldTask[]): WorldTask[] {
  const own = tasks.filter((task) => task.role === role.role).toSorted((a, b) => a.startedAt - b.startedAt);
  return own.slice(-Math.max(10, Math.ceil(own.length / 4)));
}

function tasksAt(role: WorldRole, tasks: readonly WorldTask[], assignment: ModelAtEffort): WorldTask[] {
  return tasks.filter((task) => task.role === role.role && isAt(task, assignment));
}

function isAt(task: WorldTask, { model, effort }: ModelAtEffort): boolean {
  return task.models[0] === model && task.effort === effort;
}

function currentOf(role: WorldRole, tasks: readonly WorldTask[]): ModelAtEffort | undefined {
  const counts = Map.groupBy(latestOf(role, tasks), (task) => `${task.models[0]}@${task.effort}`);
  const [most] = [...counts.values()].toSorted((a, b) => b.length - a.length);
  const task = most?.[0];
  return task && { model: task.models[0] ?? "", ...(task.effort ? { effort: task.effort } : {}) };
}

function emptyVerdict(): Verdict {
  return {
    acts: 0,
    actsRight: 0,
    tries: 0,
    kept: 0,
    keptWrong: 0,
    forecasts: 0,
    forecastsWithin: 0,
    spentUsd: 0,
    oracleUsd: 0,
    firstUsd: 0,
    broughtUsd: 0,
    safeUsd: 0,
    gain: false,
    silent: true,
  };
}
