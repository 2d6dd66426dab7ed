import type { GoalSummary } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { dayOf, minuteOf, DAY_MS } from "../domain/calendar.ts";
import { groupOfLeaf } from "../domain/cost-causes.ts";
import { displayName } from "../domain/model-name.ts";
import { mostBy, sum } from "../domain/numbers.ts";
import type { Switch } from "../domain/switch.ts";
import type { Outcome } from "../domain/task.ts";
import type { SessionTimeline } from "../operations/session.ts";
import type { TaskCauses } from "../operations/session-causes.ts";
import { costOf, formatCost } from "./cost.ts";
import { evidenceLines } from "./evidence.ts";
import { formatDuration, formatInteger, formatShare } from "./numbers.ts";
import { type SessionLine, sessionLines } from "./session-tree.ts";
import { restOf } from "./session-fields.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable, type Table } from "./table.ts";
import { taskName, taskTitle } from "./task-name.ts";
import { plainLine } from "./text.ts";
import { GROUP_LABELS, LEAF_LABELS } from "./why-words.ts";

const LOOKS: Readonly<Record<Outcome, Parameters<Surface["style"]>[0]>> = {
  accepted: "green",
  escalated: "magenta",
  failed: "red",
  interrupted: "yellow",
  reworked: "yellow",
  unknown: "dim",
};

/** The timeline of `rolecall session`: a row for each turn and agent, with why it cost that and what its outcome rests on. */
export function renderSession(timeline: SessionTimeline, timezone: string, surface: Surface): string {
  const { style } = surface;
  return [
    headOf(timeline, timezone, surface),
    "",
    renderTasks(timeline, timezone, surface),
    ...evidenceLines(timeline.tasks).map((line) => style("dim", line)),
    ...timeline.switches.map((change) => switchLine(change, timeline)),
    `Why it cost that: ${style("cyan", `rolecall why ${plainLine(timeline.session.slice(0, 8))}${surface.same ?? ""}`)}`,
    "",
  ].join("\n");
}

/** `Sonnet 5.5 → Opus 5.5, command (/model): turn 7 (line 54)`. */
function switchLine(change: Switch, { tasks }: SessionTimeline): string {
  const { thread, file, line, cause, from, to, trigger } = change;
  const isOwn = (task: JudgedTask) => (thread === "main" ? task.kind === "turn" : task.agentId === thread);
  const task = tasks.findLast((one) => one.file === file && one.line <= line && isOwn(one));
  const place = `${task ? `${taskName(task)} ` : ""}(line ${line})`;
  const why = trigger === cause ? cause : `${cause} (${trigger})`;
  return plainLine(`${displayName(from)} → ${displayName(to)}, ${why}: ${place}`);
}

function headOf(timeline: SessionTimeline, timezone: string, { style }: Surface): string {
  const { session, title, project, spent } = timeline;
  const facts = [
    style("bold", plainLine(session)),
    plainLine(project),
    ...spanOf(timeline, timezone),
    formatCost(spent),
  ].join("  ");
  return title === "" ? facts : `${facts}\n${plainLine(title)}`;
}

/** `2026-07-26 13:41 to 18:37`. */
function spanOf({ tasks, startedAt, endedAt }: SessionTimeline, timezone: string): string[] {
  if (tasks.length === 0) return [];
  const [from, to] = [minuteOf(startedAt, timezone), minuteOf(endedAt, timezone)];
  return [`${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`];
}

/** A title has at least this share of a terminal's width before other columns go. */
const TITLE_SHARE = 0.3;
const LEAST_TITLE = 26;

function titleColumn(title: string, { width }: Surface): Column {
  return { title, shrink: true, least: Math.max(LEAST_TITLE, Math.floor(width * TITLE_SHARE)) };
}

/** Folded runs are shown by their number. */
function titleOf({ tasks, depth }: SessionLine, { titles }: SessionTimeline): string {
  const [task] = tasks;
  const title = tasks.length > 1 ? `${taskName(task)} ×${tasks.length}` : taskTitle(task, titles.get(task));
  return task.kind === "turn" ? title : `${"  ".repeat(depth)}└ ${title}`;
}

function renderTasks(timeline: SessionTimeline, timezone: string, surface: Surface): string {
  const rows = [...lineRows(timeline, timezone, surface), ...restRows(timeline)];
  return renderTable(
    {
      columns: [
        { title: "At" },
        titleColumn("Task", surface),
        { title: "Took", align: "right", drop: 3 },
        { title: "Models", drop: 4 },
        { title: "Effort", drop: 7, optional: true },
        { title: "Requests", align: "right", drop: 2 },
        { title: "Cost", align: "right" },
        { title: "Category", drop: 5 },
        { title: "Complexity", drop: 6 },
        { title: "Outcome" },
        ...(timeline.causes.size > 0 ? [{ title: "Mostly for", drop: 1 }] : []),
      ],
      rows,
    },
    surface,
  );
}

/** One row for what belongs to no task, if there was anything. */
function restRows(timeline: SessionTimeline): string[][] {
  const rest = restOf(timeline);
  if (rest.requests === 0 && rest.costNano === 0) return [];
  return [["", "in no task", "", "", "", formatInteger(rest.requests), formatCost(rest), "", "", "", ""]];
}

function lineRows(timeline: SessionTimeline, timezone: string, surface: Surface): string[][] {
  return sessionLines(timeline.tasks).map((line) => {
    const { tasks } = line;
    const [task] = tasks;
    const requests = sum(tasks.map((one) => one.requests));
    return [
      clockOf(task.startedAt, timeline.startedAt, timezone),
      titleOf(line, timeline),
      tookText(tasks),
      plainLine(task.models.map(displayName).join(" → ")),
      task.effort ?? "",
      requests === 0 ? "–" : formatInteger(requests),
      requests === 0 ? "–" : formatCost(costOf(tasks)),
      task.categories.category,
      task.categories.complexity,
      surface.style(LOOKS[task.outcome], task.outcome),
      causeText(
        tasks.flatMap((one) => timeline.causes.get(one) ?? []),
        surface,
      ),
    ];
  });
}

/** An agent in the background that never reported took nobody knows how long. */
function tookText(tasks: readonly JudgedTask[]): string {
  const longest = Math.max(...tasks.map(({ durationMs }) => durationMs));
  return longest === 0 ? "–" : formatDuration(longest);
}

/** The time of day, with the days since the session began before it: `+1 09:12`. */
function clockOf(at: number, first: number, timezone: string): string {
  const days = Math.round((Date.parse(dayOf(at, timezone)) - Date.parse(dayOf(first, timezone))) / DAY_MS);
  return `${days > 0 ? `+${days} ` : ""}${minuteOf(at, timezone).slice(11)}`;
}

/** A second cause is named from this share on. */
const SECOND = 0.25;

/** The largest groups of causes, each with its largest cause: `read again 61% (earlier prompts)`. Narrow terminals get less of it. */
function causeText(causes: TaskCauses, { width }: Surface): string {
  const total = sum(causes.map(({ nano }) => nano));
  if (total === 0) return "";
  const [isNarrow, isMiddling] = [width > 0 && width < 110, width > 0 && width < 170];
  return [...Map.groupBy(causes, ({ leaf }) => groupOfLeaf(leaf))]
    .map(([group, own]) => ({ group, own, share: sum(own.map(({ nano }) => nano)) / total }))
    .toSorted((a, b) => b.share - a.share)
    .filter(({ share }, index) => index === 0 || (index === 1 && share >= SECOND && !isMiddling))
    .map(({ group, own, share }) => {
      const leaf = isNarrow ? undefined : mostBy(own, ({ nano }) => nano)?.leaf;
      return `${GROUP_LABELS[group].toLowerCase()} ${formatShare(share, 0)}${leaf ? ` (${LEAF_LABELS[leaf]})` : ""}`;
    })
    .join(", ");
}

/** The goals of `rolecall session --goals`: a row a goal. */
export function renderGoals(timeline: SessionTimeline, timezone: string, surface: Surface): string {
  const table: Table = {
    columns: [
      titleColumn("Goal", surface),
      { title: "Turns", align: "right" },
      { title: "Took", align: "right", drop: 2 },
      { title: "Models", drop: 3 },
      { title: "Requests", align: "right", drop: 1 },
      { title: "Cost", align: "right" },
      { title: "Category", drop: 4 },
      { title: "Setbacks", align: "right", narrow: 1 },
      { title: "Outcome" },
    ],
    rows: timeline.goals.map((goal) => [
      goalTitle(goal, timeline),
      formatInteger(goal.turns.length),
      formatDuration(goal.endedAt - goal.startedAt),
      plainLine(goal.models.map(displayName).join(", ")),
      formatInteger(goal.requests),
      formatCost({ ...costOf(goal.turns), costNano: goal.costNano }),
      goal.categories.category,
      goal.setbacks > 0 ? formatInteger(goal.setbacks) : "",
      surface.style(LOOKS[goal.outcome], goal.outcome),
    ]),
  };
  return [headOf(timeline, timezone, surface), "", renderTable(table, surface)].join("\n");
}

function goalTitle({ goal, turns }: GoalSummary, { titles }: SessionTimeline): string {
  const [first] = turns;
  const title = first && titles.get(first);
  return title === undefined ? `goal ${goal}` : plainLine(title);
}
