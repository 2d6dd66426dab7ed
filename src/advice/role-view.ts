import { EFFORTS, tierRank, type Effort, type Tier } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Complexity, Task } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";

/** A task as the rules see it; what only judged tasks know is optional. */
export type AdviceTask = Task & Partial<Pick<JudgedTask, "planMode">>;

/** The tasks of one role that ran on one model at one effort. */
export interface TaskGroup {
  assignment: ModelAtEffort;
  tasks: readonly AdviceTask[];
}

/** One role as the period's tasks show it. */
export interface RoleView {
  role: string;
  /** Agent types that did its work, the most frequent first; `main` for turns. */
  agents: readonly string[];
  tasks: readonly AdviceTask[];
  groups: readonly TaskGroup[];
  /** What it runs on now: the most frequent assignment of its latest tasks. */
  current: TaskGroup;
  /** Share of the latest tasks that ran on `current`. */
  currentShare: number;
  /** Share of its tasks per complexity. */
  mix: ReadonlyMap<Complexity, number>;
}

/** The latest part of a role's tasks says what it runs on now; at least so many. */
const LATEST_SHARE = 0.25;
const LATEST_LEAST = 10;

/** The tasks by role; tasks that made no request, and so cost nothing, are left out. */
export function groupByRole(tasks: readonly AdviceTask[]): RoleView[] {
  const ran = withoutTakeOvers(tasks.filter((task) => task.models.length > 0));
  const byRole = Map.groupBy(ran, (task) => task.role);
  return [...byRole].map(([role, own]) => viewOf(role, own)).sort((a, b) => cost(b) - cost(a));
}

/**
 * A run that took an escalated task over was chosen because that task was hard: beside ordinary tasks it would tell lies
 * about the higher tier.
 */
function withoutTakeOvers(tasks: readonly AdviceTask[]): AdviceTask[] {
  const escalated = tasks.filter(({ outcome }) => outcome === "escalated");
  if (escalated.length === 0) return [...tasks];
  const bySession = Map.groupBy(tasks, ({ session }) => session);
  const taken = new Set(
    escalated.map((task) =>
      bySession
        .get(task.session)
        ?.filter((other) => other.role === task.role && other.startTier === task.finalTier)
        .filter((other) => other !== task && other.startedAt >= task.startedAt)
        .toSorted((a, b) => a.startedAt - b.startedAt)
        .at(0),
    ),
  );
  return tasks.filter((task) => !taken.has(task));
}

function viewOf(role: string, tasks: readonly AdviceTask[]): RoleView {
  const ordered = tasks.toSorted((a, b) => a.startedAt - b.startedAt);
  const groups = groupByAssignment(ordered);
  const latest = ordered.slice(-Math.max(LATEST_LEAST, Math.ceil(ordered.length * LATEST_SHARE)));
  const now = groupByAssignment(latest)[0] as TaskGroup;
  const key = keyOf(now.assignment);
  return {
    role,
    agents: byFrequency(ordered.map((task) => task.agent)),
    tasks: ordered,
    groups,
    current: groups.find((group) => keyOf(group.assignment) === key) ?? now,
    currentShare: now.tasks.length / latest.length,
    mix: mixOf(ordered),
  };
}

/** The tasks by model and effort, the most frequent first. */
function groupByAssignment(tasks: readonly AdviceTask[]): TaskGroup[] {
  const byKey = Map.groupBy(tasks, (task) => keyOf(assignmentOf(task)));
  return [...byKey.values()]
    .map((own) => ({ assignment: assignmentOf(own[0] as AdviceTask), tasks: own }))
    .sort((a, b) => b.tasks.length - a.tasks.length);
}

/** What a task started on. */
function assignmentOf(task: Task): ModelAtEffort {
  const model = task.models[0] ?? "";
  return task.effort ? { model, effort: task.effort } : { model };
}

export function keyOf({ model, effort }: ModelAtEffort): string {
  return effort ? `${model}@${effort}` : model;
}

/** The tasks per complexity, as shares. */
export function mixOf(tasks: readonly AdviceTask[]): Map<Complexity, number> {
  const counts = Map.groupBy(tasks, (task) => task.categories.complexity);
  return new Map([...counts].map(([complexity, own]) => [complexity, own.length / tasks.length]));
}

/** Rank of an assignment: the tier first, then the effort. Undefined for models that the catalogue does not know. */
export function rankOf(
  assignment: ModelAtEffort,
  table: ModelTable,
): { tier: number; effort: number } | undefined {
  const entry = table.find(assignment.model);
  if (!entry) return undefined;
  const effort = assignment.effort ?? entry.defaultEffort;
  return { tier: tierRank(entry.family), effort: effort ? EFFORTS.indexOf(effort) : 0 };
}

export function tierOf(assignment: ModelAtEffort, table: ModelTable): Tier | undefined {
  return table.find(assignment.model)?.family;
}

export function effortOf(assignment: ModelAtEffort, table: ModelTable): Effort | undefined {
  return assignment.effort ?? table.find(assignment.model)?.defaultEffort;
}

function byFrequency(words: readonly string[]): string[] {
  const counts = Map.groupBy(words, (word) => word);
  return [...counts].toSorted((a, b) => b[1].length - a[1].length).map(([word]) => word);
}

function cost(view: RoleView): number {
  return view.tasks.reduce((total, task) => total + task.costNano, 0);
}
