import type { TaskPlace, Recommendation, RecommendationKind } from "../domain/recommendation.ts";
import type { Task } from "../domain/task.ts";
import { monthlyTasks, savingsOf, successChangeOf, type Assessment } from "./assess.ts";
import { isAlike, knownOf } from "./compare.ts";
import type { AdviceContext } from "./context.ts";
import { confidenceOf, preferenceFor, worthOf } from "./decide.ts";
import { patchAssignment, patchTrial, shortName } from "./patch.ts";
import { planTrial } from "./trial.ts";

/** What a rule found, with what the ranking goes by. */
export interface AdviceFinding {
  recommendation: Recommendation;
  /** Dollars in 30 days, by the chance that they come without harm. */
  worth: number;
  /** Which of two findings on the same tasks is followed. */
  preference: number;
  /** Probability that it does no harm. */
  chance: number;
  /** The tasks that would move: two findings on the same tasks are not both followed. */
  tasks: readonly Task[];
}

/** A move of a role to another assignment, as a finding of `kind`. */
export function findMove(
  kind: RecommendationKind,
  assessment: Assessment,
  context: AdviceContext,
): AdviceFinding {
  const { view, current, proposed, tasks } = assessment;
  const savings = savingsOf(assessment, context);
  const change = successChangeOf(assessment, context);
  const confidence = confidenceOf(assessment, savings, change, context);
  const id = `${kind}-${view.role}-${shortName(proposed, context.tiers)}`;
  const known = countOf(tasks);
  const plan = planTrial(
    known.known > 0 ? known.accepted / known.known : 0.8,
    monthlyTasks(assessment, context),
  );
  return {
    recommendation: {
      id,
      kind,
      subject: { role: view.role, agent: view.agents[0] ?? null, category: categoryOf(tasks) },
      current,
      proposed,
      evidence: evidenceOf(tasks, assessment.seen),
      savingsUsdPerMonth: { low: savings.low, mid: savings.mid, high: savings.high },
      successChange: { low: change.low, high: change.high },
      confidence,
      basis: basisOf(assessment, context),
      ...(confidence === "try" ? { trial: plan } : {}),
      policyPatch:
        confidence === "try"
          ? patchTrial(view.role, proposed, plan, context)
          : patchAssignment(view.role, proposed, context),
      command: `rolecall recommend --apply ${id}`,
    },
    worth: worthOf(assessment),
    preference: preferenceFor(assessment, context),
    chance: assessment.safeShare,
    tasks,
  };
}

/** What a recommendation rests on: how many tasks, from when to when, and the ones worth opening. */
export function evidenceOf(tasks: readonly Task[], seen: readonly Task[]): Recommendation["evidence"] {
  const all = [...new Set([...tasks, ...seen])];
  const times = all.map((task) => task.startedAt);
  return {
    tasks: all.length,
    sessions: new Set(all.map((task) => task.session)).size,
    since: new Date(Math.min(...times)).toISOString(),
    until: new Date(Math.max(...times)).toISOString(),
    places: places(all),
    current: countOf(tasks),
    proposed: countOf(seen),
  };
}

const MOST_PLACES = 12;

/** The tasks to look at first: those that went wrong, then the dearest. */
function places(tasks: readonly Task[]): TaskPlace[] {
  const ordered = tasks.toSorted((a, b) => worse(b) - worse(a) || b.costNano - a.costNano);
  const half = MOST_PLACES / 2;
  const wrong = ordered.filter((task) => worse(task) === 1).slice(0, half);
  return [...wrong, ...ordered.filter((task) => worse(task) === 0).slice(0, MOST_PLACES - wrong.length)].map(
    placeOf,
  );
}

function worse({ outcome }: Task): number {
  return outcome === "accepted" || outcome === "unknown" ? 0 : 1;
}

function placeOf(task: Task): TaskPlace {
  const seen = task.evidence[0];
  return {
    session: task.session,
    task: task.agentId ?? `turn:${task.index ?? 0}`,
    outcome: task.outcome,
    ...(seen ? { file: seen.file, line: seen.line, why: seen.why } : {}),
  };
}

function countOf(tasks: readonly Task[]): { accepted: number; known: number } {
  const known = knownOf(tasks);
  return { accepted: known.filter((task) => task.outcome === "accepted").length, known: known.length };
}

/** The one complexity that the tasks share, or null. */
function categoryOf(tasks: readonly Task[]): string | null {
  const all = new Set(tasks.map((task) => task.categories.complexity));
  const [only] = all;
  return all.size === 1 ? (only ?? null) : null;
}

function basisOf(assessment: Assessment, context: AdviceContext): string[] {
  const { seen, comparison, prior, tasks } = assessment;
  const known = knownOf(seen).length;
  const lines: string[] = [];
  if (known === 0)
    lines.push("not seen on this work yet: the cost is these tasks' tokens at the proposed price");
  else if (known < context.enough || knownOf(tasks).length < context.enough)
    lines.push(
      `seen on ${known} tasks of this role with a known outcome; ${context.enough} on each side make a comparison`,
    );
  else if (comparison && !isAlike(comparison)) lines.push(unlikeBasis(assessment));
  if (comparison && isAlike(comparison) && known >= context.enough)
    lines.push("compared within kind of work and difficulty");
  else if (prior.sources.length > 0) lines.push(`leans on what others measured: ${prior.sources.join(", ")}`);
  return lines;
}

function unlikeBasis({ comparison }: Assessment): string {
  const harder = (comparison?.imbalance ?? 0) > 0;
  return `the two did unlike work (${harder ? "harder" : "easier"} tasks on the current one), so their rates are not compared`;
}
