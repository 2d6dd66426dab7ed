import type { GoalSummary } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { displayName } from "../domain/model-name.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import type { Outcome } from "../domain/task.ts";
import type { SessionTimeline } from "../operations/session.ts";
import { renderCsv } from "./csv.ts";
import { switchFields } from "./switch-fields.ts";
import { formatDuration, formatInteger, formatUsd } from "./figures.ts";
import { spendFields } from "./spend.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const LOOKS: Readonly<Record<Outcome, Parameters<Surface["style"]>[0]>> = {
  accepted: "green",
  escalated: "magenta",
  failed: "red",
  interrupted: "yellow",
  reworked: "yellow",
  unknown: "dim",
};

/** The timeline of `rolecall session`: a row a task, with what its outcome rests on. */
export function renderSession(timeline: SessionTimeline, surface: Surface): string {
  const { style } = surface;
  return [
    headOf(timeline, surface),
    "",
    renderTasks(timeline, surface),
    ...timeline.tasks.flatMap((task) =>
      task.evidence.map(({ line, why, weak }) =>
        style(
          "dim",
          `${nameOf(task)}: ${plainLine(why)}${weak ? ", which is weak evidence" : ""} (line ${line})`,
        ),
      ),
    ),
    ...timeline.switches.map(({ thread, cause, from, to, trigger, line }) =>
      plainLine(
        `${thread === "main" ? "main" : "agent"} line ${line}: ${displayName(from)} → ${displayName(to)}, ${cause} (${trigger})`,
      ),
    ),
    "",
  ].join("\n");
}

function headOf({ session, title, project, spent }: SessionTimeline, { style }: Surface): string {
  const facts = `${style("bold", plainLine(session))}  ${plainLine(project)}  ${formatUsd(spent.costNano)}`;
  return title === "" ? facts : `${style("bold", plainLine(title))}\n${facts}`;
}

function nameOf({ kind, index, agent }: JudgedTask): string {
  return kind === "turn" ? `turn ${index}` : plainLine(agent);
}

/** Returns what belongs to no task, such as requests before the first prompt. */
function restOf({ spent, tasks }: SessionTimeline): { requests: number; costNano: NanoUsd } {
  const sum = (pick: (task: JudgedTask) => number) => tasks.reduce((total, task) => total + pick(task), 0);
  const costNano = spent.costNano - sum((task) => task.costNano);
  return {
    requests: spent.requests - sum(({ requests }) => requests),
    costNano: Math.abs(costNano) < 1 ? 0 : costNano, // sums of fractions
  };
}

/** A turn is shown by how its prompt begins. */
function titleOf(task: JudgedTask, { titles }: SessionTimeline): string {
  if (task.kind !== "turn") return `  └ ${nameOf(task)}`;
  const title = titles.get(task);
  return title === undefined ? nameOf(task) : `${task.index} ${plainLine(title)}`;
}

function renderTasks(timeline: SessionTimeline, surface: Surface): string {
  const rest = restOf(timeline);
  const isWhole = rest.requests === 0 && rest.costNano === 0;
  return renderTable(
    {
      columns: [
        { title: "Task", shrink: true },
        { title: "Took", align: "right", drop: 3 },
        { title: "Models", drop: 4 },
        { title: "Effort", drop: 6 },
        { title: "Requests", align: "right", drop: 2 },
        { title: "Cost", align: "right" },
        { title: "Category", drop: 1 },
        { title: "Complexity", drop: 5 },
        { title: "Outcome" },
      ],
      rows: [
        ...timeline.tasks.map((task) => [
          titleOf(task, timeline),
          formatDuration(task.durationMs),
          plainLine(task.models.map(displayName).join(" → ")),
          task.effort ?? "",
          formatInteger(task.requests),
          formatUsd(task.costNano),
          task.categories.category,
          task.categories.complexity,
          surface.style(LOOKS[task.outcome], task.outcome),
        ]),
        ...(isWhole
          ? []
          : [["in no task", "", "", "", formatInteger(rest.requests), formatUsd(rest.costNano), "", "", ""]]),
      ],
    },
    surface,
  );
}

/** The goals of `rolecall session --goals`: a row a goal. */
export function renderGoals(timeline: SessionTimeline, surface: Surface): string {
  const table = {
    columns: [
      { title: "Goal", shrink: true },
      { title: "Turns", align: "right" as const },
      { title: "Took", align: "right" as const, drop: 2 },
      { title: "Models", drop: 3 },
      { title: "Requests", align: "right" as const, drop: 1 },
      { title: "Cost", align: "right" as const },
      { title: "Category", drop: 4 },
      { title: "Setbacks", align: "right" as const },
      { title: "Outcome" },
    ],
    rows: timeline.goals.map((goal) => [
      goalTitle(goal, timeline),
      formatInteger(goal.turns.length),
      formatDuration(goal.endedAt - goal.startedAt),
      plainLine(goal.models.map(displayName).join(", ")),
      formatInteger(goal.requests),
      formatUsd(goal.costNano),
      goal.categories.category,
      goal.setbacks > 0 ? formatInteger(goal.setbacks) : "",
      surface.style(LOOKS[goal.outcome], goal.outcome),
    ]),
  };
  return [headOf(timeline, surface), "", renderTable(table, surface)].join("\n");
}

function goalTitle({ goal, turns }: GoalSummary, { titles }: SessionTimeline): string {
  const [first] = turns;
  const title = first && titles.get(first);
  return title === undefined ? `goal ${goal}` : plainLine(title);
}

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
      toUsd(task.costNano),
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
    rest: { requests: rest.requests, costUsd: toUsd(rest.costNano) },
    tasks: tasks.map(taskFields),
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
    costUsd: toUsd(task.costNano),
    fullCostUsd: toUsd(task.fullCostNano),
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
    costUsd: toUsd(costNano),
    ...rest,
  };
}
