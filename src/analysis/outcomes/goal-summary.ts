import type { JudgedTask } from "../../domain/judged-task.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { Categories, Outcome } from "../../domain/task.ts";

/** The turns of a session that pursue one goal, with their agent runs. */
export interface GoalSummary {
  /** Number from 0 within the session. */
  goal: number;
  turns: readonly JudgedTask[];
  agentRuns: number;
  startedAt: number;
  endedAt: number;
  /** Canonical ids in order of first use. */
  models: readonly string[];
  requests: number;
  costNano: NanoUsd;
  /** Of the turn that wrote most lines; of the first one when none wrote any. */
  categories: Categories;
  /** The outcome of the last turn whose outcome is known. */
  outcome: Outcome;
  /** Turns that failed, were reworked, escalated or interrupted. */
  setbacks: number;
}

const SETBACKS: ReadonlySet<Outcome> = new Set(["failed", "reworked", "escalated", "interrupted"]);

/** Returns the goals of a session in order; runs that belong to no turn are left out. */
export function summarizeGoals(tasks: readonly JudgedTask[]): GoalSummary[] {
  const goals = Map.groupBy(tasks, ({ goal }) => goal);
  return [...goals]
    .flatMap(([goal, own]) => (goal === undefined ? [] : summarize(goal, own)))
    .sort((a, b) => a.goal - b.goal);
}

function summarize(goal: number, tasks: readonly JudgedTask[]): GoalSummary[] {
  const turns = tasks.filter(({ kind }) => kind === "turn");
  const main = turns.toSorted((a, b) => b.linesWritten - a.linesWritten)[0];
  if (!main) return [];
  return [
    {
      goal,
      turns,
      agentRuns: tasks.length - turns.length,
      startedAt: Math.min(...tasks.map(({ startedAt }) => startedAt)),
      endedAt: Math.max(...tasks.map(({ startedAt, durationMs }) => startedAt + durationMs)),
      models: [...new Set(tasks.flatMap(({ models }) => models))],
      requests: tasks.reduce((sum, { requests }) => sum + requests, 0),
      costNano: tasks.reduce((sum, { costNano }) => sum + costNano, 0),
      categories: main.categories,
      outcome: turns.findLast(({ outcome }) => outcome !== "unknown")?.outcome ?? "unknown",
      setbacks: turns.filter(({ outcome }) => SETBACKS.has(outcome)).length,
    },
  ];
}
