import { sum } from "../domain/numbers.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { Complexity } from "../domain/task.ts";
import { type AdviceTask, isFailure, knownOf, type Redos } from "./failure.ts";
import type { Count } from "./statistics/rates.ts";

/** The smallest part that moves as one: an agent, the main session, or one category of an agent's work. */
export interface Unit {
  agent: string;
  role: string;
  /** The kind of work, if the unit is a part of an agent's work. */
  category: string | null;
  /** Its tasks on every assignment, in order of start, without those that did failed ones again. */
  tasks: readonly AdviceTask[];
  /** The assignment that it runs on now. */
  current: ModelAtEffort;
  /** Its tasks on that assignment. */
  now: readonly AdviceTask[];
  /** Share of the latest tasks that ran on it. */
  nowShare: number;
  /** Its runs that did failed ones again: harder work than usual. */
  redone: readonly AdviceTask[];
  /** Failures whose redo was seen. */
  redosSeen: number;
  /** Nano-dollars that a failure costs on average, besides the failed run. */
  failureNano: number;
}

/** The latest quarter of a unit's tasks shows what it runs on now; at least so many. */
const LATEST_SHARE = 0.25;
const LATEST_LEAST = 10;
/** A failure costs what its redos cost; before any is seen, as if so many had cost what a task does. */
const ASSUMED_REDOS = 2;

/** Divides tasks that ran into units, the most expensive first. `assigned` knows what advice put an agent on. */
export function readUnits(
  ran: readonly AdviceTask[],
  redos: Redos,
  assigned: ReadonlyMap<string, ModelAtEffort>,
): Unit[] {
  const own = ran.filter((task) => !redos.all.has(task));
  return [...Map.groupBy(own, ({ agent }) => agent)]
    .map(([agent, group]) => unitOf(group, redos, null, assigned.get(agent)))
    .sort((a, b) => costOf(b.tasks) - costOf(a.tasks));
}

/** Makes the unit of some tasks of one agent. */
export function unitOf(
  tasks: readonly AdviceTask[],
  redos: Redos,
  category: string | null,
  assigned?: ModelAtEffort,
): Unit {
  const ordered = tasks.toSorted((a, b) => a.startedAt - b.startedAt);
  const first = ordered[0] as AdviceTask;
  const latest = ordered.slice(-Math.max(LATEST_LEAST, Math.ceil(ordered.length * LATEST_SHARE)));
  const current = assigned ?? mostCommon(latest);
  const now = ordered.filter((task) => isAt(task, current));
  return {
    agent: first.agent,
    role: first.role,
    category,
    tasks: ordered,
    current,
    now,
    nowShare: assigned ? 1 : latest.filter((task) => isAt(task, current)).length / latest.length,
    redone: [...redos.all].filter(({ agent }) => agent === first.agent),
    redosSeen: redoCosts(ordered, redos).length,
    failureNano: failureNano(ordered, now.length > 0 ? now : ordered, redos),
  };
}

function redoCosts(tasks: readonly AdviceTask[], redos: Redos): number[] {
  return tasks.map((task) => redos.costOf(task)).filter((cost) => cost !== undefined);
}

function failureNano(tasks: readonly AdviceTask[], now: readonly AdviceTask[], redos: Redos): number {
  const seen = redoCosts(tasks, redos);
  const assumed = (ASSUMED_REDOS * costOf(now)) / now.length;
  return (sum(seen) + assumed) / (seen.length + ASSUMED_REDOS);
}

/** Returns the tasks that say how an assignment does: turns of the main session that only delegate do not. */
export function votesOf<T extends AdviceTask>(tasks: readonly T[]): T[] {
  return tasks.filter(
    ({ kind, fullCostNano, costNano, filesTouched }) =>
      kind === "agent-run" || filesTouched > 0 || fullCostNano <= costNano,
  );
}

/** Counts accepted and known outcomes of the tasks that vote. */
export function countVotes(tasks: readonly AdviceTask[]): Count {
  const known = knownOf(votesOf(tasks));
  return { accepted: known.filter((task) => !isFailure(task)).length, known: known.length };
}

/** Returns the mean cost of a task in nano-dollars, failures included at their price. */
export function costWithFailures(tasks: readonly AdviceTask[], failureNano: number): number {
  const { accepted, known } = countVotes(tasks);
  const failed = known === 0 ? 0 : (known - accepted) / known;
  return costOf(tasks) / Math.max(1, tasks.length) + failed * failureNano;
}

export function costOf(tasks: readonly AdviceTask[]): number {
  return sum(tasks.map(({ costNano }) => costNano));
}

/** Returns whether a task started on an assignment; an effort that either leaves open is any. */
export function isAt(task: AdviceTask, { model, effort }: ModelAtEffort): boolean {
  return task.models[0] === model && (!effort || !task.effort || task.effort === effort);
}

export function keyOf({ model, effort }: ModelAtEffort): string {
  return effort ? `${model}@${effort}` : model;
}

/** Returns the assignment that most of the tasks started on. */
function mostCommon(tasks: readonly AdviceTask[]): ModelAtEffort {
  const groups = [...Map.groupBy(tasks.map(assignmentOf), keyOf).values()];
  return groups.toSorted((a, b) => b.length - a.length)[0]?.[0] ?? { model: "" };
}

export function assignmentOf({ models, effort }: AdviceTask): ModelAtEffort {
  return { model: models[0] ?? "", ...(effort && { effort }) };
}

/** Returns the complexity of most of the tasks that vote. */
export function usualComplexity(tasks: readonly AdviceTask[]): Complexity {
  const groups = [...Map.groupBy(votesOf(tasks), ({ categories }) => categories.complexity)];
  return groups.toSorted((a, b) => b[1].length - a[1].length)[0]?.[0] ?? "generative";
}
