import type { GoalSummary } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { SessionTimeline } from "../operations/session.ts";
import { type Cost, costCell, costOf, costUsd } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { spendFields } from "./spend.ts";
import { switchFields } from "./switch-fields.ts";

/** Returns what belongs to no task, such as requests before the first prompt. */
export function restOf({ spent, tasks }: SessionTimeline): Cost & { requests: number } {
  const costNano = spent.costNano - sum(tasks.map((task) => task.costNano));
  return {
    requests: spent.requests - sum(tasks.map(({ requests }) => requests)),
    costNano: Math.abs(costNano) < 1 ? 0 : costNano, // sums of fractions
    unpriced: spent.unpriced - costOf(tasks).unpriced,
  };
}

/** One line for each task. */
export function renderSessionCsv({ tasks }: SessionTimeline): string {
  return renderCsv(
    [
      "kind",
      "index",
      "agentId",
      "agent",
      "role",
      "startedAt",
      "durationMs",
      "models",
      "requests",
      "costUsd",
      "outcome",
      "complexity",
      "category",
      "strength",
      "goal",
    ],
    tasks.map((task) => [
      task.kind,
      task.index,
      task.agentId,
      task.agent,
      task.role,
      new Date(task.startedAt).toISOString(),
      task.durationMs,
      task.models.join(" "),
      task.requests,
      costCell(costOf([task])),
      task.outcome,
      task.categories.complexity,
      task.categories.category,
      task.strength,
      task.goal,
    ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function sessionJson(timeline: SessionTimeline): object {
  const { session, title, project, tasks, goals, switches, spent } = timeline;
  const rest = restOf(timeline);
  return {
    session,
    title: title === "" ? null : title,
    project,
    total: spendFields(spent),
    rest: { requests: rest.requests, costUsd: costUsd(rest) },
    tasks: tasks.map((task) => ({
      ...taskFields(task),
      causes: timeline.causes.get(task)?.map(({ leaf, nano }) => ({ id: leaf, usd: toUsd(nano) })) ?? null,
    })),
    goals: goals.map(goalFields),
    switches: switches.map((one) => ({ ...switchFields(one), file: one.file, line: one.line })),
  };
}

function taskFields(task: JudgedTask) {
  return {
    kind: task.kind,
    ...(task.kind === "turn" ? { index: task.index } : { agentId: task.agentId }),
    agent: task.agent,
    role: task.role,
    parent: task.parent ?? null,
    startedAt: new Date(task.startedAt).toISOString(),
    durationMs: task.durationMs,
    models: task.models,
    startTier: task.startTier ?? null,
    finalTier: task.finalTier ?? null,
    effort: task.effort ?? null,
    requests: task.requests,
    tokens: task.tokens,
    costUsd: costUsd(costOf([task])),
    fullCostUsd: costUsd({ ...costOf([task]), costNano: task.fullCostNano }),
    filesTouched: task.filesTouched,
    verification: task.verification,
    retries: task.retries,
    goal: task.goal ?? null,
    outcome: task.outcome,
    strength: task.strength,
    evidence: task.evidence,
    categories: task.categories,
  };
}

function goalFields({ goal, turns, startedAt, endedAt, costNano, ...rest }: GoalSummary) {
  return {
    goal,
    turns: turns.map(({ index }) => index),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: endedAt - startedAt,
    costUsd: costUsd({ ...costOf(turns), costNano }),
    ...rest,
  };
}
