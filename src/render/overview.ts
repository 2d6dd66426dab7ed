import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import { escalationFields } from "../domain/rate.ts";
import type { Overview } from "../operations/overview.ts";
import { rankAdvice, renderEntryInBrief } from "./advice-list.ts";
import { changeAdviceJson } from "./change-plan.ts";
import { bar, sparkline } from "./charts.ts";
import { formatCost, NO_PRICE } from "./cost.ts";
import { formatCount, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import { formatRate, rateFields } from "./rates.ts";
import { recommendationFields } from "./recommend-fields.ts";
import { savedText } from "./savings.ts";
import { spendJson } from "./spend.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable, shorten } from "./table.ts";
import { formatTierVerdict } from "./tier-verdict.ts";
import { plainLine } from "./text.ts";

/** `rolecall` alone: one screen, and what to type next. */
export function renderOverview(overview: Overview, surface: Surface): string {
  if (overview.byModel.total.requests === 0) return renderNoRequests(surface);
  return [
    headline(overview, surface),
    models(overview, surface),
    tiers(overview, surface),
    advice(overview, surface),
    next(overview, surface),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function headline(overview: Overview, surface: Surface): string {
  const { style } = surface;
  const { byModel, sessions, alwaysOpusNano, savingsNano } = overview;
  const isPriced = byModel.total.unpriced === 0 || byModel.total.costNano > 0;
  const difference = style(savingsNano < 0 ? "yellow" : "green", savedText(overview));
  return [
    "",
    `  ${
      isPriced
        ? `${style("bold", formatUsd(byModel.total.costNano))} spent in ${plural(sessions, "session")}, ${formatUsd(overview.costPerActiveDayNano)} per active day`
        : `${plural(sessions, "session")} on models with ${NO_PRICE}`
    }`,
    ...otherSources(overview),
    ...recentLine(overview),
    ...(isPriced ? [`  ${formatUsd(alwaysOpusNano)} if all had run on Opus: ${difference}`] : []),
    ...dayLine(overview, surface),
    ...projectLine(overview, surface),
    "",
  ].join("\n");
}

/** Nothing for an old history, or if the period ends before now. */
function recentLine({ recent }: Overview): string[] {
  if (!recent || recent.monthNano === 0) return [];
  return [`  ${formatUsd(recent.todayNano)} today, ${formatUsd(recent.monthNano)} this month`];
}

/** The projects that cost most; nothing if there is only one, because the line above the report names it. */
function projectLine({ topProjects, projects }: Overview, { style }: Surface): string[] {
  if (projects < 2) return [];
  const names = shortNames(topProjects.map(({ project }) => plainLine(project)));
  const parts = topProjects.map(({ costNano }, index) => `${names[index]} ${formatUsd(costNano)}`);
  const left = projects - topProjects.length;
  return [`  ${[...parts, ...(left > 0 ? [style("dim", `${formatInteger(left)} more`)] : [])].join(" · ")}`];
}

/** Returns the last folder of each path, or the last two if several have the same or one is only a number, as worktrees are. */
function shortNames(paths: readonly string[]): string[] {
  const last = paths.map((path) => lastFolders(path, 1));
  const isClear = new Set(last).size === paths.length && last.every((name) => /\p{L}/u.test(name));
  return paths.map((path) => shorten(lastFolders(path, isClear ? 1 : 2), LONGEST_NAME));
}

function lastFolders(path: string, count: number): string {
  return path.split(/[\\/]/).slice(-count).join("/");
}

const LONGEST_NAME = 24;

/** The days as a spark line; on terminals only, where it fits. */
function dayLine({ days }: Overview, surface: Surface): string[] {
  const shown = days.slice(-MOST_DAYS);
  const [first, last] = [shown[0]?.day, shown.at(-1)?.day];
  if (surface.width === 0 || shown.length < 2) return [];
  const most = formatUsd(Math.max(...shown.map(({ costNano }) => costNano)));
  const line = sparkline(
    shown.map(({ costNano }) => costNano),
    surface,
  );
  return [`  ${line}  ${surface.style("dim", `${first} to ${last}, at most ${most} a day`)}`];
}

const MOST_DAYS = 31;

/** Names what the bill holds besides transcripts. */
function otherSources({ bySource }: Overview): string[] {
  const parts = bySource.flatMap(({ source, costNano }) => {
    const name = SOURCES[source];
    return name === undefined ? [] : [`${formatUsd(costNano)} by ${name}`];
  });
  return parts.length === 0 ? [] : [`  of that ${parts.join(", ")}`];
}

const SOURCES: Readonly<Record<string, string>> = {
  executor: "the executor",
  cascade: "cascades",
  batch: "batches",
};

function models({ byModel }: Overview, surface: Surface): string {
  const columns: Column[] = [
    { title: "Model" },
    { title: "Requests", align: "right" },
    { title: "Output", align: "right", drop: 1 },
    { title: "Cost", align: "right" },
    { title: "Share", align: "right" },
    ...(surface.width > 0 ? [{ title: "", drop: 2 }] : []),
  ];
  const rows = byModel.rows.map((row) => [
    displayName(plainLine(row.key.model ?? "")),
    formatInteger(row.requests),
    formatCount(row.usage.output),
    formatCost(row),
    byModel.total.costNano > 0 ? formatShare(row.costNano / byModel.total.costNano) : "",
    ...(surface.width > 0 ? [bar(row.costNano / Math.max(1, byModel.total.costNano), BAR, surface)] : []),
  ]);
  return renderTable({ columns, rows }, surface);
}

/** Characters of a full bar. */
const BAR = 20;

function tiers({ tiers: reports }: Overview, surface: Surface): string {
  if (reports.length === 0) return "";
  const { style } = surface;
  const columns: Column[] = [
    { title: "Tier" },
    { title: "Tasks", align: "right", narrow: 1 },
    { title: "Success", align: "right" },
    { title: "Escalation", align: "right", narrow: 2 },
    { title: "Verdict" },
  ];
  const rows = reports.map(({ tier, started, outcomes, successRate, escalationRate, verdict }) => [
    tier,
    formatInteger(started),
    formatRate(successRate, started - outcomes.unknown),
    formatRate(escalationRate, started),
    formatTierVerdict(verdict, style),
  ]);
  return renderTable({ columns, rows }, surface);
}

/** The best of the list that `rolecall recommend` shows, with the same dollars. */
function advice({ advice: list }: Overview, { width, style, same = "" }: Surface): string {
  const command = `rolecall recommend${same}`;
  if (!list) return `Recommendations\n  Not worked out for these days yet: ${style("cyan", command)}\n`;
  const entries = rankAdvice(list);
  if (entries.length === 0) return "";
  const room = (width === 0 ? MOST_COLUMNS : Math.min(width, MOST_COLUMNS)) - 2;
  const best = entries
    .slice(0, SHOWN)
    .map((one) => `  ${renderEntryInBrief(one, room, style).replaceAll("\n", "\n  ")}\n`);
  const all = entries.length + list.left;
  const more = all > SHOWN ? [`  ${style("dim", `${formatInteger(all - SHOWN)} more: ${command}`)}\n`] : [];
  return ["Recommendations\n", ...best, ...more].join("");
}

const SHOWN = 3;
const MOST_COLUMNS = 110;

const BY_PROJECT = "spend --by project";
const NEXT: readonly (readonly [string, string])[] = [
  ["why", "explain the cost, cause by cause"],
  ["spend --by day,model", "show each day and model"],
  [BY_PROJECT, "show each project"],
  ["roles", "show which model each role needs"],
  ["recommend", "show what to change, in dollars"],
];

/** Suggests commands that cover the same, so that their numbers are those of this screen. */
function next({ projects }: Overview, { style, width: room, same = "", sameTasks = same }: Surface): string {
  const suggested = [
    ...NEXT.filter(([command]) => command !== BY_PROJECT || projects > 1).map(
      ([command, purpose]) =>
        [`rolecall ${command}${command === "roles" ? sameTasks : same}`, purpose] as const,
    ),
    ["rolecall --help", "show all commands"] as const,
  ];
  const width = Math.max(...suggested.map(([command]) => command.length));
  const longest = Math.max(...suggested.map(([, purpose]) => purpose.length));
  const hasRoom = room === 0 || width + longest + 4 <= room;
  const lines = suggested.map(([command, purpose]) =>
    hasRoom
      ? `  ${style("cyan", command.padEnd(width))}  ${style("dim", purpose)}\n`
      : `  ${style("cyan", command)}\n`,
  );
  return `Next\n${lines.join("")}`;
}

/** The fields of the JSON answer (docs/json.md). */
export function overviewJson(overview: Overview): object {
  const { sessions, projects, topProjects, recent, alwaysOpusNano, savingsNano, savingsShare } = overview;
  return {
    sessions,
    projects,
    topProjects: topProjects.map(({ project, costNano }) => ({ project, costUsd: toUsd(costNano) })),
    todayUsd: recent ? toUsd(recent.todayNano) : null,
    thisMonthUsd: recent ? toUsd(recent.monthNano) : null,
    spend: spendJson(overview.byModel),
    bySource: overview.bySource.map(({ source, requests, costNano }) => ({
      source,
      requests,
      costUsd: toUsd(costNano),
    })),
    days: overview.days.map(({ day, costNano }) => ({ day, costUsd: toUsd(costNano) })),
    savings: {
      actualUsd: toUsd(overview.byModel.total.costNano),
      alwaysOpusUsd: toUsd(alwaysOpusNano),
      savingsUsd: toUsd(savingsNano),
      savingsPercent: savingsShare === null ? null : Math.round(savingsShare * 1e6) / 1e4,
    },
    tiers: overview.tiers.map(({ tier, started, outcomes, successRate, escalationRate, verdict }) => ({
      tier,
      started,
      outcomes,
      successRate: rateFields(successRate),
      ...escalationFields(rateFields(escalationRate)),
      verdict,
    })),
    recommendations: overview.advice?.recommendations.map(recommendationFields) ?? null,
    changes: overview.advice?.changes.map(changeAdviceJson) ?? null,
  };
}
