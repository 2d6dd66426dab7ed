import type { GoalSummary } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { dayOf, minuteOf, DAY_MS } from "../domain/calendar.ts";
import { groupOfLeaf } from "../domain/cost-causes.ts";
import { displayName } from "../domain/model-name.ts";
import { mostBy, sum } from "../domain/numbers.ts";
import type { Outcome } from "../domain/task.ts";
import type { SessionTimeline } from "../operations/session.ts";
import type { TaskCauses } from "../operations/session-causes.ts";
import { costOf, formatCost } from "./cost.ts";
import { formatDuration, formatInteger, formatShare } from "./numbers.ts";
import { type SessionLine, sessionLines } from "./session-tree.ts";
import { restOf } from "./session-fields.ts";
import type { Surface } from "./style.ts";
import { renderTable, shorten } from "./table.ts";
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
    ...evidenceLines(timeline).map((line) => style("dim", line)),
    ...timeline.switches.map(({ thread, cause, from, to, trigger, line }) =>
      plainLine(
        `${thread === "main" ? "main" : "agent"} line ${line}: ${displayName(from)} → ${displayName(to)}, ${cause} (${trigger})`,
      ),
    ),
    `Why it cost that: ${style("cyan", `rolecall why ${plainLine(timeline.session.slice(0, 8))}${surface.same ?? ""}`)}`,
    "",
  ].join("\n");
}

/** Each observation once, with the tasks and lines that it was made at. */
function evidenceLines({ tasks }: SessionTimeline): string[] {
  const all = tasks.flatMap((task) => task.evidence.map((one) => ({ ...one, name: nameOf(task) })));
  const same = Map.groupBy(all, ({ why, weak }) => `${plainLine(why)}${weak ? " (weak evidence)" : ""}`);
  return [...same].map(([why, seen]) => {
    const places = Map.groupBy(seen, ({ name }) => name);
    const shown = [...places].slice(0, MOST_PLACES).map(([name, of]) => placeText(name, of));
    const more = places.size - shown.length;
    return `${why}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  });
}

const MOST_PLACES = 8;

function placeText(name: string, of: readonly { line: number }[]): string {
  return of.length === 1 ? `${name} (line ${of[0]?.line})` : `${name} ×${of.length}`;
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

function nameOf({ kind, index, agent }: JudgedTask): string {
  return kind === "turn" ? `turn ${index}` : plainLine(agent);
}

/** From the first to the last task: `2026-07-26 13:41 to 18:37`. */
function spanOf({ tasks }: SessionTimeline, timezone: string): string[] {
  if (tasks.length === 0) return [];
  const first = Math.min(...tasks.map(({ startedAt }) => startedAt));
  const last = Math.max(...tasks.map(({ startedAt, durationMs }) => startedAt + durationMs));
  const [from, to] = [minuteOf(first, timezone), minuteOf(last, timezone)];
  return [`${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`];
}

/** A title has this share of a terminal's width, so that other columns fit beside it. */
const TITLE_SHARE = 0.3;
const LEAST_TITLE = 26;

/** A turn is shown by how its prompt begins; folded runs by their number. */
function titleOf({ tasks, depth }: SessionLine, { titles }: SessionTimeline, { width }: Surface): string {
  const [task] = tasks;
  if (task.kind !== "turn") {
    const times = tasks.length > 1 ? ` ×${tasks.length}` : "";
    return `${"  ".repeat(depth)}└ ${nameOf(task)}${times}`;
  }
  const title = titles.get(task);
  if (title === undefined) return nameOf(task);
  const text = `${task.index} ${plainLine(title)}`;
  return width === 0 ? text : shorten(text, Math.max(LEAST_TITLE, Math.floor(width * TITLE_SHARE)));
}

function renderTasks(timeline: SessionTimeline, timezone: string, surface: Surface): string {
  const rows = [...lineRows(timeline, timezone, surface), ...restRows(timeline)];
  return renderTable(
    {
      columns: [
        { title: "At" },
        { title: "Task", shrink: true },
        { title: "Took", align: "right", drop: 3 },
        { title: "Models", drop: 4 },
        { title: "Effort", drop: 7 },
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
  const first = timeline.tasks[0]?.startedAt ?? 0;
  return sessionLines(timeline.tasks).map((line) => {
    const { tasks } = line;
    const [task] = tasks;
    const requests = sum(tasks.map((one) => one.requests));
    return [
      clockOf(task.startedAt, first, timezone),
      titleOf(line, timeline, surface),
      formatDuration(Math.max(...tasks.map(({ durationMs }) => durationMs))),
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
