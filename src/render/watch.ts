import { minuteOf } from "../domain/calendar.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { LiveReport, LiveSession, LiveThread } from "../operations/live.ts";
import { blocksJson } from "./blocks.ts";
import { sparkline } from "./charts.ts";
import { formatCount, formatDuration, formatUsd } from "./numbers.ts";
import { spendFields } from "./spend.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable, visibleWidth } from "./table.ts";
import { escapeControl, lastPart, plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Session", drop: 4 },
  { title: "Project or agent", shrink: true },
  { title: "Model" },
  { title: "Context", align: "right", drop: 2 },
  { title: "Cost", align: "right" },
  { title: "State", drop: 1 },
  { title: "Idle", align: "right", drop: 3 },
];

/** Renders what runs now as lines. `height`: the most lines; what does not fit is counted in the last one. */
export function renderWatch(
  report: LiveReport,
  timezone: string,
  surface: Surface,
  height = Infinity,
): string[] {
  const { style } = surface;
  const head = [...headLines(report, timezone, surface), ""];
  const rows = report.sessions.flatMap((session) => rowsOf(session, report.at, surface));
  if (rows.length === 0)
    return [...head, style("dim", `No session made a request in the last ${report.minutes.length} minutes.`)];
  const lines = renderTable({ columns: COLUMNS, rows }, surface).trimEnd().split("\n");
  const room = height - head.length;
  if (lines.length <= room) return [...head, ...lines];
  const shown = Math.max(0, room - 1);
  return [...head, ...lines.slice(0, shown), style("dim", `… ${lines.length - shown} more`)];
}

function headLines(report: LiveReport, timezone: string, surface: Surface): string[] {
  const { style, width } = surface;
  const { today, perMinuteNano, minutes, window, at } = report;
  const sums =
    `${style("bold", minuteOf(at, timezone).slice(-5))}  Today ${style("bold", formatUsd(today.costNano))}  ` +
    `Now ${style("bold", formatUsd(perMinuteNano))} a minute`;
  const chart = `  ${style("cyan", sparkline(minutes, surface))} ${style("dim", `${minutes.length} min`)}`;
  const hasRoom = width > 0 && visibleWidth(sums + chart) <= width;
  return [hasRoom ? sums + chart : sums, windowLine(window, timezone)];
}

function windowLine(window: LiveReport["window"], timezone: string): string {
  if (!window) return "No five-hour window is running.";
  const { startedAt, endsAt, costNano, projection } = window;
  const time = (moment: number) => minuteOf(moment, timezone).slice(-5);
  const head = `Window ${time(startedAt)} to ${time(endsAt)}: ${formatUsd(costNano)} so far`;
  return projection
    ? `${head}, ${formatUsd(projection.costNano)} at this rate, ${formatDuration(projection.remainingMs)} left`
    : head;
}

function rowsOf(
  { session, project, costNano, lastAt, main, agents }: LiveSession,
  now: number,
  surface: Surface,
) {
  return [
    [
      session.slice(0, 8),
      lastPart(project),
      ...cellsOf(main),
      formatUsd(costNano),
      stateOf(main, surface),
      idle(lastAt, now),
    ],
    ...agents.map((agent, index) => [
      "",
      `${index === agents.length - 1 ? "└" : "├"} ${plainLine(agent.agent)}`,
      ...cellsOf(agent),
      formatUsd(agent.costNano),
      stateOf(agent, surface),
      idle(agent.lastAt, now),
    ]),
  ];
}

function cellsOf(thread: LiveThread | undefined): string[] {
  if (!thread) return ["–", "–"];
  const model = [displayName(thread.model), thread.effort].filter(Boolean).join(" ");
  return [plainLine(model), formatCount(thread.contextTokens)];
}

function stateOf(thread: LiveThread | undefined, { style }: Surface): string {
  return thread?.state === "working" ? style("green", "working") : "waiting";
}

/** In minutes from the first one on: seconds would change every line every second. */
function idle(lastAt: number, now: number): string {
  const ms = Math.max(0, now - lastAt);
  return ms < 60_000 ? "" : `${Math.floor(ms / 60_000)}m`;
}

/** The same for programs: one object on one line. */
export function watchJson(report: LiveReport): string {
  const { at, today, perMinuteNano, minutes, window, sessions } = report;
  const { blocks } = blocksJson(window ? [window] : []) as { blocks: object[] };
  const answer = {
    schemaVersion: 1,
    command: "watch",
    currency: "USD",
    at: new Date(at).toISOString(),
    today: spendFields(today),
    perMinuteUsd: toUsd(perMinuteNano),
    minutesUsd: minutes.map(toUsd),
    window: blocks[0] ?? null,
    sessions: sessions.map(({ session, project, costNano, lastAt, main, agents }) => ({
      session,
      project,
      costUsd: toUsd(costNano),
      lastRequestAt: new Date(lastAt).toISOString(),
      main: main ? threadFields(main) : null,
      agents: agents.map((agent) => ({ agentId: agent.agentId, agent: agent.agent, ...threadFields(agent) })),
    })),
  };
  return `${escapeControl(JSON.stringify(answer))}\n`;
}

function threadFields({ model, effort, contextTokens, costNano, lastAt, state }: LiveThread) {
  return {
    model,
    effort: effort === "" ? null : effort,
    contextTokens,
    costUsd: toUsd(costNano),
    lastRequestAt: new Date(lastAt).toISOString(),
    state,
  };
}
