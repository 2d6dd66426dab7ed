import { minuteOf } from "../domain/calendar.ts";
import { displayName } from "../domain/model-name.ts";
import type { SessionList, SessionSummary } from "../operations/sessions.ts";
import { costCell, formatCost } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatDuration, formatInteger, plural } from "./numbers.ts";
import { spendFields } from "./spend.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { lastPart, plainLine } from "./text.ts";

/** A title begins to say something from this width on. */
const LEAST_TITLE = 30;

const COLUMNS: readonly Column[] = [
  { title: "Started" },
  { title: "Session", drop: 2 },
  { title: "Title", shrink: true, drop: 1, least: LEAST_TITLE },
  { title: "Project", shrink: true },
  { title: "Models", drop: 3 },
  { title: "Took", align: "right", drop: 5 },
  { title: "Requests", align: "right", drop: 4 },
  { title: "Agents", align: "right", drop: 6, optional: true },
  { title: "Cost", align: "right" },
];

/** The table of sessions; `rest` says how to see those that it leaves out. */
export function renderSessions(
  list: SessionList,
  timezone: string,
  surface: Surface,
  rest = `--limit ${list.found}`,
): string {
  const { style } = surface;
  if (list.found === 0) return renderNoRequests(surface);
  const rows = list.sessions.map((session) => [
    minuteOf(session.startedAt, timezone),
    session.session.slice(0, 8),
    plainLine(session.title),
    formatProject(session.project, surface),
    formatModels(session.models, isNarrow(surface)),
    formatDuration(session.endedAt - session.startedAt),
    formatInteger(session.requests),
    session.agentRuns > 0 ? formatInteger(session.agentRuns) : "",
    formatCost(session),
  ]);
  const hidden = list.found - list.sessions.length;
  const count = plural(list.found, "session");
  const { total: all } = list;
  const total = [count, "", "", "", "", "", formatInteger(all.requests), "", formatCost(all)];
  const table = renderTable({ columns: COLUMNS, rows, total, isMain: true }, surface);
  return hidden > 0 ? table + style("dim", `${formatInteger(hidden)} more: ${rest}\n`) : table;
}

/** The sessions that have some words in their title or first prompt, newest first. */
export function renderFoundSessions(
  list: SessionList,
  words: string,
  timezone: string,
  surface: Surface,
): string {
  const says = `${formatInteger(list.found)} sessions have "${plainLine(words)}" in their title or first prompt:`;
  return `${says}\n\n${renderSessions(list, timezone, surface)}`;
}

function isNarrow({ width }: Surface): boolean {
  return width > 0 && width < NARROW;
}

const LAST_FOLDERS = /(?:[^\\/]+[\\/])?[^\\/]+$/;
const NARROW = 110;
const WIDE = 150;

/** On a narrow terminal the last folders of a path say more than its start. */
function formatProject(project: string, { width }: Surface): string {
  if (width === 0 || width >= WIDE) return plainLine(project);
  return width < NARROW ? lastPart(project) : plainLine(LAST_FOLDERS.exec(project)?.[0] ?? project);
}

function formatModels(models: readonly string[], narrow: boolean): string {
  const names = models.map((model) => plainLine(displayName(model)));
  return narrow && names.length > 1 ? `${names[0]} +${names.length - 1}` : names.join(", ");
}

/** The fields of the JSON answer (docs/json.md). */
export function sessionsJson(list: SessionList): object {
  return {
    sessions: list.sessions.map((summary) => ({ ...headOf(summary), ...spendFields(summary) })),
    found: list.found,
    total: spendFields(list.total),
  };
}

function headOf({ session, title, project, startedAt, endedAt, models, agentRuns }: SessionSummary) {
  return {
    session,
    title: title === "" ? null : title,
    project,
    startedAt: new Date(startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    durationMs: endedAt - startedAt,
    models,
    agentRuns,
  };
}

export function renderSessionsCsv({ sessions }: SessionList): string {
  return renderCsv(
    ["session", "title", "project", "startedAt", "endedAt", "models", "agentRuns", "requests", "costUsd"],
    sessions.map((summary) => {
      const { session, title, project, startedAt, endedAt, models, agentRuns } = headOf(summary);
      const cells = [session, title, project, startedAt, endedAt, models.join(" "), agentRuns];
      return [...cells, summary.requests, costCell(summary)];
    }),
  );
}
