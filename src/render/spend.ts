import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import type { Usage } from "../domain/usage.ts";
import type { LowerBound } from "../history/lower-bound.ts";
import type { SpendKey } from "../operations/spend-keys.ts";
import type { Spend, SpendReport, SpendRow } from "../operations/spend.ts";
import { costCell, costUsd, formatCost } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatCount, formatInteger, formatShare, formatUsd, plural } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import type { BesideSpend } from "./spend-beside.ts";
import { renderSpendChart } from "./spend-chart.ts";
import { type Column, renderTable, shorten } from "./table.ts";
import { plainLine } from "./text.ts";

const NUMBERS: readonly Column[] = [
  { title: "Requests", align: "right", drop: 5 },
  { title: "Input", align: "right", drop: 4 },
  { title: "Output", align: "right", drop: 2 },
  { title: "Cache write", align: "right", drop: 3 },
  { title: "Cache read", align: "right", drop: 3 },
  { title: "Cost", align: "right" },
  { title: "Share", align: "right", drop: 1 },
];

/** The additions to a breakdown besides its numbers. */
export interface SpendExtras {
  /** Facts about what the breakdown is by. */
  beside?: BesideSpend | undefined;
  /** Bars instead of the table; on terminals only. */
  chart?: boolean;
}

/** The table of `rolecall spend`. */
export function renderSpend(
  report: SpendReport,
  by: readonly SpendKey[],
  surface: Surface,
  { beside, chart = false }: SpendExtras = {},
): string {
  if (report.rows.length === 0) return renderNoRequests(surface);
  const below = notes(report, surface)
    .map((note) => `${note}\n`)
    .join("");
  if (chart && surface.width > 0) return renderSpendChart(report, by, surface, shown) + below;
  const columns = by.map<Column>((key) => ({ title: titleOf(key), shrink: LONG.has(key) }));
  const blank = beside?.columns.map(() => "") ?? [];
  const labeled = (label: string, cells: readonly string[]) => [
    ...by.map((_, index) => (index === 0 ? label : "")),
    ...blank,
    ...cells,
  ];
  const rows = report.rows.flatMap((row) => [
    [
      ...by.map((key) =>
        key === "branch" && beside ? shortened(shown(key, row), surface) : shown(key, row),
      ),
      ...(beside?.cellsOf(row, surface) ?? []),
      ...numbers(row, report.total),
    ],
    ...(row.models ?? []).map((one) => labeled(`  ${shown("model", one)}`, numbers(one, report.total))),
  ]);
  const total = labeled("Total", numbers(report.total, report.total));
  const all = [...columns, ...(beside?.columns ?? []), ...NUMBERS];
  return renderTable({ columns: all, rows, total, isMain: true }, surface) + below;
}

/** Keys with long values. */
const LONG: ReadonlySet<SpendKey> = new Set(["project", "repository", "session", "title", "branch"]);

/** Names of branches are long: they leave space for what happened there. */
function shortened(name: string, { width }: Surface): string {
  return width === 0 ? name : shorten(name, Math.max(24, Math.floor(width * 0.3)));
}

function titleOf(key: SpendKey): string {
  return `${key[0]?.toUpperCase()}${key.slice(1)}`;
}

function shown(key: SpendKey, row: SpendRow): string {
  const value = plainLine(row.key[key] ?? "");
  if (key === "model") return displayName(value);
  if (key === "session") return value.slice(0, 8);
  if (key === "effort" && value === "none") return "not recorded"; // older clients write none, and some models have none
  return value;
}

function numbers(spend: Spend, total: Spend): string[] {
  const { requests, usage, costNano } = spend;
  return [
    formatInteger(requests),
    formatCount(usage.input),
    formatCount(usage.output),
    formatCount(usage.cacheWrite5m + usage.cacheWrite1h),
    formatCount(usage.cacheRead),
    formatCost(spend),
    total.costNano > 0 ? formatShare(costNano / total.costNano) : "",
  ];
}

function notes(report: SpendReport, { style }: Surface): string[] {
  const found: string[] = [];
  if (report.left !== undefined)
    found.push(
      style("dim", `${formatInteger(report.left)} more: --limit ${report.rows.length + report.left}`),
    );
  for (const { model, requests, usage } of report.unpriced)
    found.push(
      style(
        "yellow",
        `${plainLine(model)}: no known price; ${plural(requests, "request")}, ${formatCount(usage.output)} output tokens are not in the total.`,
      ),
    );
  const cut = report.cutRequests - (report.lowerBound?.requests ?? 0);
  if (cut > 0)
    found.push(
      style("dim", `${plural(cut, "request was", "requests were")} cut short: a lower bound of the cost.`),
    );
  if (report.lowerBound) found.push(style("yellow", lowerBoundText(report.lowerBound)));
  if (report.shared) found.push(style("dim", sharedText(report.shared)));
  found.push(style("dim", "API-equivalent dollars at list price; a subscription is not billed by them."));
  return found;
}

function sharedText({ projects, repositories }: NonNullable<SpendReport["shared"]>): string {
  const which = repositories === 1 ? "one repository" : `${formatInteger(repositories)} repositories`;
  return `${formatInteger(projects)} of these projects are checkouts or folders of ${which}: --by repository adds them up.`;
}

/** Returns what is missing in the output recorded, in a sentence. */
export function lowerBoundText({ requests, output, estimatedOutput, estimatedNano }: LowerBound): string {
  return `${plural(requests, "answer has", "answers have")} only the first count of the output (Claude Code up to 2.1.56): the cost is a lower bound. Estimated: ${formatCount(estimatedOutput)} tokens instead of ${formatCount(output)}, ${formatUsd(estimatedNano)} more.`;
}

/** The same for programs. */
export function lowerBoundJson({ requests, output, estimatedOutput, estimatedNano }: LowerBound): object {
  return { requests, output, estimatedOutput, estimatedMissingUsd: toUsd(estimatedNano) };
}

/** The rows as CSV, with exact ids and whole counts. */
export function renderSpendCsv(report: SpendReport, by: readonly SpendKey[]): string {
  const hasModels = report.rows.some(({ models }) => models);
  const rows = report.rows.flatMap((row) => row.models ?? [row]);
  const header = [
    ...by,
    ...(hasModels ? ["model"] : []),
    "requests",
    "input",
    "output",
    "thinking",
    "cacheWrite5m",
    "cacheWrite1h",
    "cacheRead",
    "webSearches",
    "costUsd",
  ];
  return renderCsv(
    header,
    rows.map((row) => [
      ...[...by, ...(hasModels ? (["model"] as const) : [])].map((name) => row.key[name] ?? ""),
      row.requests,
      ...Object.values(tokensOf(row.usage)),
      row.usage.webSearches,
      costCell(row),
    ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function spendJson(report: SpendReport, beside?: BesideSpend): object {
  return {
    rows: report.rows.map((row) => ({
      key: row.key,
      ...beside?.fieldsOf(row),
      ...spendFields(row),
      ...(row.models && { models: row.models.map((one) => ({ model: one.key.model, ...spendFields(one) })) }),
    })),
    total: spendFields(report.total),
    unpriced: report.unpriced.map(({ model, requests, usage }) => ({
      model,
      requests,
      tokens: tokensOf(usage),
    })),
    cutRequests: report.cutRequests,
    ...(report.lowerBound && { lowerBound: lowerBoundJson(report.lowerBound) }),
  };
}

/** Requests, tokens, searches and dollars, as every JSON answer writes them. */
export function spendFields(spend: Spend) {
  const { requests, usage } = spend;
  return { requests, tokens: tokensOf(usage), webSearches: usage.webSearches, costUsd: costUsd(spend) };
}

function tokensOf({ input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead }: Usage) {
  return { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead };
}
