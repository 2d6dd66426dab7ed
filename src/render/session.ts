import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { Outcome } from "../domain/task.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, formatUsd } from "./figures.ts";
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

/** The timeline of `rolecall session`. */
export function renderSession(analysis: SessionAnalysis, surface: Surface): string {
  const { style } = surface;
  const total = analysis.tasks.reduce((sum, { costNano }) => sum + costNano, 0);
  return [
    `${style("bold", plainLine(analysis.session))}  ${plainLine(analysis.project)}  ${formatUsd(total)}`,
    "",
    renderTasks(analysis.tasks, surface),
    ...analysis.tasks.flatMap((task) =>
      task.evidence.map(({ line, why }) => style("dim", `${nameOf(task)}: ${plainLine(why)} (line ${line})`)),
    ),
    ...analysis.switches.map(({ thread, cause, from, to, trigger, line }) =>
      plainLine(
        `${thread === "main" ? "main" : "agent"} line ${line}: ${displayName(from)} → ${displayName(to)}, ${cause} (${trigger})`,
      ),
    ),
    "",
  ].join("\n");
}

function nameOf({ kind, index, agent }: JudgedTask): string {
  return kind === "turn" ? `turn ${index}` : plainLine(agent);
}

function renderTasks(tasks: readonly JudgedTask[], surface: Surface): string {
  return renderTable(
    {
      columns: [
        { title: "Task", shrink: true },
        { title: "Took", align: "right", drop: 3 },
        { title: "Models" },
        { title: "Effort", drop: 4 },
        { title: "Requests", align: "right", drop: 2 },
        { title: "Cost", align: "right" },
        { title: "Kind", drop: 1 },
        { title: "Outcome" },
      ],
      rows: tasks.map((task) => [
        task.kind === "turn" ? nameOf(task) : `  └ ${nameOf(task)}`,
        formatDuration(task.durationMs),
        plainLine(task.models.map(displayName).join(" → ")),
        task.effort ?? "",
        formatInteger(task.requests),
        formatUsd(task.costNano),
        task.categories.complexity,
        surface.style(LOOKS[task.outcome], task.outcome),
      ]),
    },
    surface,
  );
}

export function renderSessionCsv({ tasks }: SessionAnalysis): string {
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
    ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function sessionJson({ session, project, tasks, switches }: SessionAnalysis): object {
  return {
    session,
    project,
    tasks: tasks.map(taskFields),
    switches: switches.map(({ at, costNano, entry: _, ...rest }) => ({
      at: new Date(at).toISOString(),
      ...rest,
      costUsd: toUsd(costNano),
    })),
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
    outcome: task.outcome,
    evidence: task.evidence,
    categories: task.categories,
  };
}
