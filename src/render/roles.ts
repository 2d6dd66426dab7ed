import type { RoleCell, RoleGrouping, Trend } from "../advice/roles.ts";
import type { RoleVerdict } from "../advice/role-verdict.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { formatModel, type ModelAtEffort } from "../domain/recommendation.ts";
import type { RoleReport } from "../operations/roles.ts";
import { elsewhereLines } from "./advice-list.ts";
import { usdOrDash, usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger } from "./numbers.ts";
import { formatRate, rateFields } from "./rates.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Style, Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

type Group = RoleReport["groups"][number];

/** Known outcomes that make a model worth a row of its own. */
const LEAST_KNOWN = 12;

const TITLES = { role: "Role", category: "Category", complexity: "Complexity" } as const satisfies Record<
  RoleGrouping,
  string
>;

/** The tables of `rolecall roles`, one for each grouping. */
export function renderRoles(report: RoleReport, by: readonly RoleGrouping[], surface: Surface): string {
  if (report.groups.length === 0) return renderNoRequests(surface, "tasks");
  const tables = by.map((grouping) =>
    renderGrouping(
      grouping,
      report.groups.filter((group) => group.by === grouping),
      surface,
    ),
  );
  const head = elsewhereLines(report.elsewhere).map((line) => `${surface.style("dim", line)}\n`);
  return [...head, ...tables, notes(surface)].join("\n");
}

/** Names of plugins' agents are long: other columns say more than their ends. */
const LEAST_NAME = 24;

function renderGrouping(by: RoleGrouping, groups: readonly Group[], surface: Surface): string {
  const columns: Column[] = [
    { title: TITLES[by], shrink: true, least: LEAST_NAME },
    { title: "Model" },
    { title: "Tasks", align: "right", narrow: 2 },
    { title: "Success", align: "right" },
    { title: "Escalated", align: "right", drop: 6 },
    { title: "Per task", align: "right", drop: 2 },
    { title: "Per accepted", align: "right", drop: 4 },
    { title: "One tier up", align: "right", drop: 5 },
    { title: "Trend", drop: 7 },
    { title: "Verdict", narrow: 1 },
    { title: "Change", drop: 1 },
    { title: "Why", drop: 8 },
  ];
  const rows = groups.flatMap((group) => rowsOf(group, nameOf(group, groups), surface.style));
  return renderTable({ columns, rows }, surface);
}

/** One row for each model that has enough known outcomes or is in use, and one for the rest. */
function rowsOf({ cells, verdict }: Group, name: string, style: Style): string[][] {
  const folded = cells.filter((cell) => !isShown(cell));
  const shown = folded.length > 1 ? cells.filter(isShown) : cells;
  const rows = shown.map((cell) => cellRow(cell));
  if (folded.length > 1)
    rows.push([
      `${folded.length} other models`,
      formatInteger(sum(folded.map(({ tasks }) => tasks))),
      "",
      "",
      "",
      "",
      "",
      "",
    ]);
  return rows.map((row, index) => [
    index === 0 ? name : "",
    ...row,
    ...(index === 0
      ? [verdictText(verdict, style), changeText(verdict), plainLine(verdict.why)]
      : ["", "", ""]),
  ]);
}

function isShown({ known, isCurrent }: RoleCell): boolean {
  return isCurrent || known >= LEAST_KNOWN;
}

function cellRow(cell: RoleCell): string[] {
  return [
    modelOf(cell),
    formatInteger(cell.tasks),
    formatRate(cell.successRate, cell.known),
    cell.escalated === 0 ? "" : formatInteger(cell.escalated),
    usdOrDash(cell.costPerTaskNano),
    usdOrDash(cell.costPerAcceptedNano),
    tierUpText(cell),
    trendText(cell.trend),
  ];
}

/** A role with its agent where another agent has the same role. */
function nameOf({ name, agent, by }: Group, groups: readonly Group[]): string {
  const isShared = by === "role" && groups.filter((other) => other.name === name).length > 1;
  return plainLine(isShared && agent !== null ? `${name} (${agent})` : name);
}

function modelOf({ model, effort, isCurrent }: RoleCell): string {
  return plainLine(`${[displayName(model), effort].filter(Boolean).join(" ")}${isCurrent ? " *" : ""}`);
}

function tierUpText({ tierUp }: RoleCell): string {
  if (!tierUp) return "–";
  const { acceptedPerUsd, success, extraNano } = tierUp;
  if (acceptedPerUsd !== null) return `+${acceptedPerUsd.toPrecision(2)} per $1`;
  return success.mid > 0 && extraNano <= 0 ? "better, cheaper" : "no gain";
}

/** A change is shown only where its 95% interval leaves out zero. */
function trendText(trend: Trend | null): string {
  if (!trend) return "–";
  const { low, mid, high } = trend.success;
  if (low <= 0 && high >= 0) return "steady";
  return `${mid > 0 ? "up" : "down"} ${Math.round(Math.abs(mid) * 100)} points`;
}

/** Returns a verdict in a few words: `Sonnet by default`, `Opus always`, `not known`. */
function verdictWords({ kind, current, proposed }: RoleVerdict): string {
  if (kind === "unknown") return "not known";
  const model = kind === "move" && proposed ? proposed : current;
  return `${familyOf(model)} ${kind === "always" ? "always" : "by default"}`;
}

/** Returns what to change, in the words of `rolecall recommend`: `act: Sonnet 5.5 medium`. */
function changeText({ kind, proposed }: RoleVerdict): string {
  return proposed ? plainLine(`${kind === "move" ? "act" : "try"}: ${formatModel(proposed)}`) : "";
}

function familyOf({ model }: ModelAtEffort): string {
  return displayName(model).replace(/ \d.*$/, "");
}

const LOOKS = { unknown: "dim", move: "green", always: "bold", default: "bold" } as const;

function verdictText(verdict: RoleVerdict, style: Style): string {
  return style(LOOKS[verdict.kind], plainLine(verdictWords(verdict)));
}

function notes({ style }: Surface): string {
  return [
    "* in use now. Brackets show the 95% interval. --explain defines the columns.",
    "One tier up: accepted tasks that each further dollar brings on the next tier.",
    `Not known: fewer than ${LEAST_KNOWN} known outcomes. act and try: as in rolecall recommend.`,
  ]
    .map((line) => `${style("dim", line)}\n`)
    .join("");
}

const CSV_COLUMNS = [
  "by",
  "name",
  "agent",
  "model",
  "effort",
  "isCurrent",
  "tasks",
  "redos",
  "known",
  "accepted",
  "successRate",
  "escalated",
  "costUsd",
  "costPerTaskUsd",
  "costPerAcceptedUsd",
  "acceptedPerUsdOneTierUp",
  "verdict",
  "change",
  "recommendation",
];

/** One line for each group and model. */
export function renderRolesCsv({ groups }: RoleReport, by: readonly RoleGrouping[]): string {
  const rows = groups
    .filter((group) => by.includes(group.by))
    .flatMap((group) =>
      group.cells.map((cell) => [
        group.by,
        group.name,
        group.agent,
        cell.model,
        cell.effort,
        cell.isCurrent ? "true" : "false",
        cell.tasks,
        cell.redos,
        cell.known,
        cell.accepted,
        rateFields(cell.successRate).value,
        cell.escalated,
        toUsd(cell.costNano),
        usdOrNull(cell.costPerTaskNano),
        usdOrNull(cell.costPerAcceptedNano),
        cell.tierUp?.acceptedPerUsd ?? null,
        verdictWords(group.verdict),
        changeText(group.verdict),
        group.recommendation,
      ]),
    );
  return renderCsv(CSV_COLUMNS, rows);
}

/** The fields of the JSON answer (docs/json.md). */
export function rolesJson({ groups, elsewhere }: RoleReport, by: readonly RoleGrouping[]): object {
  return {
    elsewhere,
    groups: groups
      .filter((group) => by.includes(group.by))
      .map(({ cells, verdict, ...group }) => ({
        ...group,
        verdict: { ...verdict, text: verdictWords(verdict) },
        models: cells.map(cellFields),
      })),
  };
}

function cellFields({
  costNano,
  costPerTaskNano,
  costPerAcceptedNano,
  tierUp,
  trend,
  ...cell
}: RoleCell): object {
  return {
    ...cell,
    successRate: rateFields(cell.successRate),
    trend: trend && { success: changeFields(trend.success), cost: trend.cost && rounded(trend.cost) },
    costUsd: toUsd(costNano),
    costPerTaskUsd: usdOrNull(costPerTaskNano),
    costPerAcceptedUsd: usdOrNull(costPerAcceptedNano),
    tierUp: tierUp && {
      model: tierUp.model,
      effort: tierUp.effort,
      success: changeFields(tierUp.success),
      extraUsdPerTask: toUsd(tierUp.extraNano),
      acceptedPerUsd: tierUp.acceptedPerUsd && rounded(tierUp.acceptedPerUsd),
    },
  };
}

function changeFields({ low, mid, high }: Trend["success"]): object {
  return { low: rounded(low), mid: rounded(mid), high: rounded(high) };
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
