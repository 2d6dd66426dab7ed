import type { Attempt } from "../domain/attempt.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { sum } from "../domain/numbers.ts";
import { NOT_REPLAYED, type NotReplayed } from "../domain/replay.ts";
import type { ReplayPlan, ReplayTask } from "../operations/replay-plan.ts";
import type { ReplayedTask, ReplayReport } from "../operations/replay.ts";
import { usdOrDash } from "./cost.ts";
import { formatDuration, formatUsd, plural } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";
import { proseWidth, wrap } from "./wrap.ts";

const REASONS = {
  prompt: "prompt no longer on disk",
  conversation: "in the middle of a conversation",
  "no-change": "no file changed, so a check shows nothing",
  interrupted: "interrupted by the user",
  "no-commit": "no commit from before the task",
} as const satisfies Record<NotReplayed, string>;

const MOST_NAMES = 4;

/** Renders what a replay will do and cost, and the tasks that it cannot run again. */
export function renderReplayPlan(
  plan: ReplayPlan,
  { verify, maxUsd }: { verify: string; maxUsd: number },
  surface: Surface,
): string {
  const { tasks, step, estimateNano, left } = plan;
  const open = tasks.filter(({ done }) => !done).length;
  const before = tasks.length - open;
  const model = plainLine([step.model, step.effort].filter(Boolean).join(" "));
  const lines = [
    `${plural(open, "task")} of ${plainLine(tasks[0]?.task.agent ?? "")} to run again on ${model}, each in a copy of the commit that it started from; ` +
      `check: ${plainLine(verify)}.` +
      (before > 0 ? ` ${plural(before, "replay")} from before are kept.` : ""),
    `Estimate: ${formatUsd(estimateNano)}, at most ${formatUsd(maxUsd * 1e9)}.`,
    ...NOT_REPLAYED.flatMap((reason) =>
      left[reason].length > 0 ? [`Left out, ${REASONS[reason]}: ${namesOf(left[reason])}.`] : [],
    ),
  ];
  return `${lines.flatMap((line) => wrap(line, proseWidth(surface))).join("\n")}\n`;
}

function namesOf(tasks: readonly JudgedTask[]): string {
  const names = tasks.slice(0, MOST_NAMES).map(nameOf).join(", ");
  return `${tasks.length} (${names}${tasks.length > MOST_NAMES ? ", …" : ""})`;
}

/** Names a task as `rolecall session` takes it. */
function nameOf({ session, kind, index, agentId = "" }: JudgedTask): string {
  return plainLine(`${session.slice(0, 8)}:${kind === "turn" ? (index ?? 0) : agentId.slice(0, 8)}`);
}

/** Renders a line before each task. */
export function renderReplayStart({
  number,
  of,
  one,
}: {
  number: number;
  of: number;
  one: ReplayTask;
}): string {
  return `Task ${number} of ${of}: ${nameOf(one.task)}\n`;
}

/** Renders each replay beside what the task did then. */
export function renderReplay(report: ReplayReport, surface: Surface): string {
  const rows = report.tasks.map(({ task, attempt }) => [
    nameOf(task),
    task.outcome,
    formatUsd(task.costNano),
    formatDuration(task.durationMs),
    attempt ? resultOf(attempt) : "not run",
    usdOrDash(attempt?.costNano),
    attempt ? formatDuration(attempt.latencyMs) : "–",
  ]);
  const table = renderTable(
    {
      columns: [
        { title: "Task" },
        { title: "Then" },
        { title: "Cost", align: "right" },
        { title: "Took", align: "right", drop: 2 },
        { title: "Replay" },
        { title: "Cost", align: "right" },
        { title: "Took", align: "right", drop: 1 },
      ],
      rows,
    },
    surface,
  );
  return `${table}\n${summaryOf(report)}\n`;
}

function summaryOf({ tasks, spentNano, stopped }: ReplayReport): string {
  const { passed, checked } = rateOf(tasks);
  const known = tasks.filter(({ task }) => task.outcome !== "unknown");
  const accepted = known.filter(({ task }) => task.outcome === "accepted").length;
  const open = tasks.filter(({ attempt }) => !attempt).length;
  const end = {
    budget: `The limit is reached, ${plural(open, "task")} not run: the same command with more --max-usd goes on.`,
    aborted: `Stopped, ${plural(open, "task")} not run: the same command goes on.`,
  };
  return [
    `${passed} of ${checked} passed the check; then ${accepted} of ${known.length} with a known outcome were accepted. Spent now: ${formatUsd(spentNano)}.`,
    ...(stopped ? [end[stopped]] : []),
    "rolecall recommend counts this as outcomes on the model.",
  ].join("\n");
}

function rateOf(tasks: readonly ReplayedTask[]): { passed: number; checked: number } {
  const checked = tasks.filter(({ attempt }) => attempt && isChecked(attempt));
  return {
    passed: checked.filter(({ attempt }) => attempt?.result === "accepted").length,
    checked: checked.length,
  };
}

function isChecked({ result, check }: Attempt): boolean {
  return result === "accepted" || check === "command";
}

function resultOf(attempt: Attempt): string {
  if (attempt.result === "accepted") return "passed";
  if (isChecked(attempt)) return "failed the check";
  return attempt.failure ?? (attempt.result === "rejected" ? "ended by a limit" : attempt.result);
}

/** Returns the same for programs; without a report, what would be run. */
export function replayJson(plan: ReplayPlan, maxUsd: number, report: ReplayReport | undefined): object {
  const { passed, checked } = rateOf(
    report?.tasks ?? plan.tasks.map((one) => ({ ...one, ...(one.done && { attempt: one.done }) })),
  );
  return {
    model: plan.step.model,
    effort: plan.step.effort ?? null,
    estimateUsd: plan.estimateNano / 1e9,
    maxUsd,
    passed,
    checked,
    spentUsd: (report?.spentNano ?? 0) / 1e9,
    stopped: report?.stopped ?? null,
    tasks: (report?.tasks ?? plan.tasks).map((one: ReplayedTask) => taskJson(one)),
    leftOut: NOT_REPLAYED.map((reason) => ({
      reason,
      count: plan.left[reason].length,
      tasks: plan.left[reason].map(nameOf),
    })),
    leftOutTasks: sum(NOT_REPLAYED.map((reason) => plan.left[reason].length)),
  };
}

function taskJson({ task, commit, attempt, done }: ReplayedTask): object {
  const replay = attempt ?? done;
  return {
    task: nameOf(task),
    commit,
    outcome: task.outcome,
    costUsd: task.costNano / 1e9,
    durationMs: task.durationMs,
    replay: replay
      ? {
          result: resultOf(replay),
          costUsd: replay.costNano === undefined ? null : replay.costNano / 1e9,
          durationMs: replay.latencyMs,
        }
      : null,
  };
}
