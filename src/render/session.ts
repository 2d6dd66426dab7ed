import type { JudgedTask } from "../domain/judged-task.ts";
import { displayName } from "../domain/model-name.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import type { Outcome } from "../domain/task.ts";
import type { SessionTimeline } from "../operations/session.ts";
import { renderCsv } from "./csv.ts";
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

/** The timeline of `rolecall session`. */
export function renderSession(analysis: SessionTimeline, surface: Surface): string {
  const { style } = surface;
  return [
    `${style("bold", plainLine(analysis.session))}  ${plainLine(analysis.project)}  ${formatUsd(analysis.spent.costNano)}`,
    "",
    renderTasks(analysis, surface),
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

/** Returns what belongs to no task, such as requests before the first prompt. */
function restOf({ spent, tasks }: SessionTimeline): { requests: number; costNano: NanoUsd } {
  const sum = (pick: (task: JudgedTask) => number) => tasks.reduce((total, task) => total + pick(task), 0);
  const costNano = spent.costNano - sum((task) => task.costNano);
  return {
    requests: spent.requests - sum(({ requests }) => requests),
    costNano: Math.abs(costNano) < 1 ? 0 : costNano, // sums of fractions
  };
}

function renderTasks(timeline: SessionTimeline, surface: Surface): string {
  const { tasks } = timeline;
  const rest = restOf(timeline);
  const isWhole = rest.requests === 0 && rest.costNano === 0;
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
      rows: [
        ...tasks.map((task) => [
          task.kind === "turn" ? nameOf(task) : `  └ ${nameOf(task)}`,
          formatDuration(task.durationMs),
          plainLine(task.models.map(displayName).join(" → ")),
          task.effort ?? "",
          formatInteger(task.requests),
          formatUsd(task.costNano),
          task.categories.complexity,
          surface.style(LOOKS[task.outcome], task.outcome),
        ]),
        ...(isWhole
          ? []
          : [["in no task", "", "", "", formatInteger(rest.requests), formatUsd(rest.costNano), "", ""]]),
      ],
    },
    surface,
  );
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
export function sessionJson(timeline: SessionTimeline): object {
  const { session, project, tasks, switches, spent } = timeline;
  const rest = restOf(timeline);
  return {
    session,
    project,
    total: spendFields(spent),
    rest: { requests: rest.requests, costUsd: toUsd(rest.costNano) },
    tasks: tasks.map(taskFields),
    switches: switches.map(
      ({ at, session: of, thread, file, line, cause, from, to, trigger, rewrittenTokens, costNano }) => ({
        at: new Date(at).toISOString(),
        session: of,
        thread,
        file,
        line,
        cause,
        from,
        to,
        trigger,
        rewrittenTokens,
        costUsd: toUsd(costNano),
      }),
    ),
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
