import { minuteOf } from "../domain/calendar.ts";
import { toUsd } from "../domain/money.ts";
import type { LimitsReport, LimitWindow } from "../operations/limits.ts";
import { gauge } from "./charts.ts";
import { usdOrDash, usdOrNull } from "./cost.ts";
import { currencyText, formatDuration, formatShare, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Window" },
  { title: "Until", drop: 2 },
  { title: "" },
  { title: "Used", align: "right" },
  { title: "Spent", align: "right" },
  { title: "Limit", align: "right" },
  { title: "Per hour", align: "right", drop: 3 },
  { title: "Expected", align: "right", drop: 1 },
];

/** The table of `rolecall limits`, with a line on each limit that is going to be reached. */
export function renderLimits(report: LimitsReport, surface: Surface): string {
  const { now, timezone, plan, windows } = report;
  const { style } = surface;
  const accounts = [...new Set(windows.map(({ account }) => account))];
  const head = [
    ...(accounts.length === 1 ? [`account ${plainLine(accounts[0] ?? "")}`] : []),
    ...(plan.name === undefined ? [] : [`plan ${plainLine(plan.name)}`]),
    currencyText() ?? [],
  ].flat();
  const title = style("bold", `Now: ${minuteOf(now, timezone)} (${timezone})`);
  const first = `${title}${style("dim", head.map((part) => ` · ${part}`).join(""))}\n`;
  if (windows.length === 0) return `${first}No requests by these accounts.\n`;
  const isSeveral = accounts.length > 1;
  const own = surface.width === 0 ? COLUMNS.filter(({ title }) => title !== "") : COLUMNS;
  const columns = isSeveral ? [{ title: "Account", shrink: true }, ...own] : own;
  const rows = windows.map((window) => [
    ...(isSeveral ? [plainLine(window.account)] : []),
    ...cellsOf(window, timezone, surface),
  ]);
  const notes = [...windows.flatMap((window) => noteOn(window, report)), ...sourceOf(windows)];
  return `${first}${renderTable({ columns, rows }, surface)}${notes.map((note) => `${style("dim", note)}\n`).join("")}`;
}

function cellsOf(window: LimitWindow, timezone: string, surface: Surface): string[] {
  const { endsAt, usedNano, limitNano, share, nanoPerHour, expectedNano } = window;
  return [
    NAMES[window.window],
    endsAt === undefined ? "not active" : minuteOf(endsAt, timezone),
    ...(surface.width === 0 ? [] : [gaugeOf(share, surface)]),
    share === undefined ? "–" : formatShare(share, 0),
    formatUsd(usedNano),
    usdOrDash(limitNano),
    usdOrDash(nanoPerHour),
    usdOrDash(expectedNano),
  ];
}

const NAMES: Record<LimitWindow["window"], string> = { "five-hours": "Five hours", week: "Week" };

const GAUGE = 12;

function gaugeOf(share: number | undefined, surface: Surface): string {
  return share === undefined ? "" : surface.style(colorOf(share), gauge(share, GAUGE, surface));
}

function colorOf(share: number): "green" | "yellow" | "red" {
  return share >= 1 ? "red" : share >= 0.8 ? "yellow" : "green";
}

function noteOn(window: LimitWindow, { now, timezone }: LimitsReport): string[] {
  const { reachedAt } = window;
  if (reachedAt === undefined) return [];
  const name = NAMES[window.window];
  if (reachedAt <= now) return [`${name}: the limit is reached.`];
  return [
    `${name}: the limit is reached at ${minuteOf(reachedAt, timezone)}, in ${formatDuration(reachedAt - now)}, at this rate.`,
  ];
}

/** Says where limits come from that nobody configured. */
function sourceOf(windows: readonly LimitWindow[]): string[] {
  const isMax = windows.some(({ limitFrom, limitNano }) => limitFrom === "max" && limitNano !== undefined);
  const isUnknown = windows.some(({ limitNano }) => limitNano === undefined);
  return [
    ...(isMax
      ? [
          "Each limit is the highest amount of a finished window. Set your own with plan in the configuration file (docs/config.md).",
        ]
      : []),
    ...(isUnknown ? ["A limit is known when a window has finished."] : []),
    "API-equivalent dollars at list price; a subscription counts usage in its own way.",
  ];
}

/** The fields of the JSON answer (docs/json.md). */
export function limitsJson(
  { now, plan, windows, exceeded }: LimitsReport,
  above: number | undefined,
): object {
  return {
    now: new Date(now).toISOString(),
    plan: plan.name ?? null,
    windows: windows.map(windowJson),
    above: above ?? null,
    exceeded,
  };
}

function windowJson(window: LimitWindow): object {
  const {
    account,
    startedAt,
    endsAt,
    usedNano,
    limitNano,
    limitFrom,
    share,
    nanoPerHour,
    expectedNano,
    reachedAt,
  } = window;
  return {
    account,
    window: window.window,
    startedAt: isoOf(startedAt),
    endsAt: isoOf(endsAt),
    usedUsd: toUsd(usedNano),
    limitUsd: usdOrNull(limitNano),
    limitFrom,
    usedPercent: share === undefined ? null : Math.round(share * 1e6) / 1e4,
    usdPerHour: usdOrNull(nanoPerHour),
    expectedUsd: usdOrNull(expectedNano),
    reachesLimitAt: isoOf(reachedAt),
  };
}

function isoOf(at: number | undefined): string | null {
  return at === undefined ? null : new Date(Math.round(at)).toISOString();
}
