import type { Advice } from "../../src/advice/recommend.ts";
import { planTrial, reviewTrial } from "../../src/advice/trial.ts";
import { createRandom } from "../../src/advice/statistics/random.ts";
import type { ModelAtEffort, Recommendation } from "../../src/domain/recommendation.ts";
import { drawTask, type WorldTask } from "./tasks.ts";
import { bestFor, costOf, mean, successOf, type World, type WorldRole } from "./world.ts";

export const TOLERANCE = 0.03;

/** What one world says about the advice that was given in it. */
export interface Verdict {
  acts: number;
  actsRight: number;
  /** Dollars in 30 days. */
  oracleUsd: number;
  broughtUsd: number;
  tries: number;
  triesKept: number;
  /** Kept although the success rate falls by more than the tolerance. */
  keptHarmful: number;
  forecasts: number;
  forecastsWithin: number;
  /** Whether there was anything to gain, and whether anything was said. */
  gain: boolean;
  silent: boolean;
  spentUsd: number;
}

/** Where every role of the world stands: what it runs on, by the world's habits or by advice followed. */
export function judge(world: World, tasks: readonly WorldTask[], advice: Advice): Verdict {
  const verdict = emptyVerdict();
  verdict.spentUsd = (tasks.reduce((sum, task) => sum + task.costNano, 0) / 1e9 / world.days) * 30;
  for (const role of world.roles) {
    const now = currentOf(role, tasks);
    if (!now) continue;
    verdict.oracleUsd += trueSavings(world, role, tasks, now, bestFor(role, now, TOLERANCE));
  }
  for (const recommendation of advice.recommendations) judgeOne(world, tasks, recommendation, verdict);
  // Below this nobody could tell it from noise.
  verdict.gain = verdict.oracleUsd > Math.max(1, 0.05 * verdict.spentUsd);
  verdict.silent = advice.recommendations.length === 0;
  return verdict;
}

function judgeOne(
  world: World,
  tasks: readonly WorldTask[],
  recommendation: Recommendation,
  verdict: Verdict,
): void {
  const role = world.roles.find(({ role }) => role === recommendation.subject.role);
  const { current, proposed, confidence, savingsUsdPerMonth } = recommendation;
  if (!role || !current || !proposed || confidence === "watch") return;
  const moved = movedTasks(role, tasks, current).map((task) => task.difficulty);
  const change = successOf(role, proposed, moved) - successOf(role, current, moved);
  const savings = trueSavings(world, role, tasks, current, proposed);
  verdict.forecasts += 1;
  if (savings >= savingsUsdPerMonth.low && savings <= savingsUsdPerMonth.high) verdict.forecastsWithin += 1;
  const right = change >= -TOLERANCE && savings > 0;
  if (confidence === "act") {
    verdict.acts += 1;
    verdict.actsRight += right ? 1 : 0;
    verdict.broughtUsd += savings;
    return;
  }
  verdict.tries += 1;
  if (!passesTrial(world, role, tasks, recommendation)) return;
  verdict.triesKept += 1;
  verdict.keptHarmful += right ? 0 : 1;
  verdict.broughtUsd += right ? savings : 0;
}

/** Runs the trial that the recommendation asks for, on new tasks of the world. */
export function passesTrial(
  world: World,
  role: WorldRole,
  tasks: readonly WorldTask[],
  { current, proposed, id }: Recommendation,
): boolean {
  if (!current || !proposed) return false;
  const random = createRandom(world.seed * 31 + id.length * 7 + 3);
  const moved = movedTasks(role, tasks, current);
  const known = moved.filter((task) => task.outcome !== "unknown");
  const baseline = mean(known.map((task) => (task.outcome === "accepted" ? 1 : 0)));
  const plan = planTrial(baseline, moved.length);
  const runs = Array.from({ length: plan.tasks * 2 }, (_, i) => {
    const like = moved[Math.floor(random() * moved.length)];
    return drawTask(world, role, proposed, like?.difficulty ?? 0, i, `trial-${i}`, random);
  });
  return reviewTrial(runs, baseline, plan).verdict === "keep";
}

/** Expected dollars in 30 days that the move saves, at the volume of the period. */
function trueSavings(
  world: World,
  role: WorldRole,
  tasks: readonly WorldTask[],
  from: ModelAtEffort,
  to: ModelAtEffort,
): number {
  const moved = movedTasks(role, tasks, from).map((task) => task.difficulty);
  if (moved.length === 0) return 0;
  const kept = successOf(role, from, moved) / successOf(role, to, moved);
  const volume = ((monthlyShare(role, tasks, from) * role.tasksPerDay * world.days) / world.days) * 30;
  return volume * (costOf(role, from, moved) - kept * costOf(role, to, moved));
}

/** Share of the role's latest tasks on the assignment: what would move from now on. */
function monthlyShare(role: WorldRole, tasks: readonly WorldTask[], assignment: ModelAtEffort): number {
  const own = tasks.filter((task) => task.role === role.role).toSorted((a, b) => a.startedAt - b.startedAt);
  const latest = own.slice(-Math.max(10, Math.ceil(own.length / 4)));
  return latest.filter((task) => isAt(task, assignment)).length / Math.max(1, latest.length);
}

function movedTasks(role: WorldRole, tasks: readonly WorldTask[], assignment: ModelAtEffort): WorldTask[] {
  return tasks.filter((task) => task.role === role.role && isAt(task, assignment));
}

function isAt(task: WorldTask, { model, effort }: ModelAtEffort): boolean {
  return task.models[0] === model && task.effort === effort;
}

function currentOf(role: WorldRole, tasks: readonly WorldTask[]): ModelAtEffort | undefined {
  const own = tasks.filter((task) => task.role === role.role).toSorted((a, b) => a.startedAt - b.startedAt);
  const latest = own.slice(-Math.max(10, Math.ceil(own.length / 4)));
  const counts = Map.groupBy(latest, (task) => `${task.models[0]}@${task.effort}`);
  const [most] = [...counts.values()].toSorted((a, b) => b.length - a.length);
  const task = most?.[0];
  return task && { model: task.models[0] ?? "", ...(task.effort ? { effort: task.effort } : {}) };
}

export function emptyVerdict(): Verdict {
  return {
    acts: 0,
    actsRight: 0,
    oracleUsd: 0,
    broughtUsd: 0,
    tries: 0,
    triesKept: 0,
    keptHarmful: 0,
    forecasts: 0,
    forecastsWithin: 0,
    gain: false,
    silent: true,
    spentUsd: 0,
  };
}
