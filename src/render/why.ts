import {
  type AxisRow,
  type Cause,
  type CauseAxis,
  type CauseGroup,
  type CostCauses,
} from "../domain/cost-causes.ts";
import type { Leaf, LossCause } from "../domain/ledger.ts";
import { sum } from "../domain/numbers.ts";
import type { WhyReport } from "../operations/why.ts";
import { bar } from "./charts.ts";
import { formatInteger, formatRoundUsd, formatShare, formatUsd, plural } from "./numbers.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { renderTable, visibleWidth } from "./table.ts";
import { plainLine } from "./text.ts";
import { renderChanges } from "./why-advice.ts";
import { renderUnusual } from "./why-unusual.ts";
import { bandLabel, CONTENT_LABELS, GROUP_LABELS, LEAF_LABELS } from "./why-words.ts";

/** The screen of `rolecall why`: the tree of causes and what would change it. */
export function renderWhy(report: WhyReport, surface: Surface): string {
  const { causes, session, unusual, simulation, without } = report;
  const left = withoutLine(without);
  if (causes.requests === 0) return renderNoRequests(surface) + (left === "" ? "" : `${left}\n`);
  const parts = [
    [headline(causes, session, surface), left].filter(Boolean).join("\n"),
    renderTree(causes, surface),
    notes(causes, surface),
    session !== null || simulation === null ? renderUnusual(unusual, causes, surface) : "",
    simulation ? renderChanges(simulation, causes, surface) : "",
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function headline(causes: CostCauses, session: string | null, { style, width }: Surface): string {
  const title = session === null ? "rolecall why" : `rolecall why ${plainLine(session.slice(0, 8))}`;
  const counts = [
    session === null ? plural(causes.sessions, "session") : "",
    plural(causes.activeDays, "active day"),
    style("bold", formatUsd(causes.nano)),
  ];
  const right = counts.filter((part) => part !== "").join(" · ");
  const space = Math.max(2, Math.min(width || 100, 110) - visibleWidth(title) - visibleWidth(right));
  return `${style("bold", title)}${" ".repeat(space)}${right}\n${overheadLine(causes)}`;
}

function overheadLine({ overhead }: CostCauses): string {
  if (overhead === null) return "";
  return `Overhead ${overhead.toFixed(1)}: each ${formatUsd(1e9)} of output and new content carries ${formatUsd((overhead - 1) * 1e9)} more.`;
}

/** Names what the tree leaves out. */
function withoutLine({ transcripts, nano }: WhyReport["without"]): string {
  if (transcripts === 0) return "";
  return `! ${plural(transcripts, "transcript")} went before rolecall read ${transcripts === 1 ? "its" : "their"} content: ${formatUsd(nano)} is left out.`;
}

const WIDEST_BAR = 24;
const LABEL_WIDTH = 14;

function renderTree({ causes, losses }: CostCauses, surface: Surface): string {
  const { style, width } = surface;
  const groups = causes
    .filter(({ parent }) => parent === null)
    .toSorted((a, b) => Number(a.id === "rest") - Number(b.id === "rest") || b.nano - a.nano);
  const amount = Math.max(...groups.map(({ nano }) => formatUsd(nano).length));
  const most = barWidth(width);
  const largest = Math.max(...groups.map(({ nano }) => nano));
  const used = 2 + LABEL_WIDTH + 1 + amount + 2 + 4 + 2 + (most > 0 ? most + 2 : 0);
  return groups
    .map((group) => {
      const label = GROUP_LABELS[group.id as CauseGroup].padEnd(LABEL_WIDTH);
      const share = formatShare(group.share, 0).padStart(4);
      const drawn =
        most > 0 ? `${style("cyan", bar(group.nano / largest, most, surface).padEnd(most))}  ` : "";
      const details = detailsOf(group, causes, losses.count, width === 0 ? Infinity : width - used);
      return `  ${label} ${formatUsd(group.nano).padStart(amount)}  ${share}  ${drawn}${style("dim", details)}`.trimEnd();
    })
    .join("\n");
}

function barWidth(width: number): number {
  if (width === 0) return 0;
  return Math.max(0, Math.min(WIDEST_BAR, Math.floor((width - 60) / 4)));
}

const LEAST_DETAIL = 0.005;

/** Lists the largest causes of a group, as many as fit. */
function detailsOf(
  group: Cause,
  causes: readonly Cause[],
  losses: Readonly<Partial<Record<LossCause, number>>>,
  room: number,
): string {
  const leaves = causes
    .filter(({ parent, share }) => parent === group.id && share >= Math.min(LEAST_DETAIL, group.share / 4))
    .toSorted((a, b) => b.nano - a.nano);
  let text = "";
  for (const { id, nano, certainty } of leaves) {
    const times = id === "rewrite.no-pause" ? ` (${formatInteger(losses["no-pause"] ?? 0)}×)` : "";
    const one = `${LEAF_LABELS[id as Leaf]} ${certainty === "exact" ? "" : "~"}${formatRoundUsd(nano)}${times}`;
    const longer = text === "" ? one : `${text} · ${one}`;
    if (visibleWidth(longer) > room && text !== "") break;
    text = longer;
  }
  return text;
}

const FEWEST_PROMPTS = 5;

function notes({ bands, main, agents, axes, nano, unpriced }: CostCauses, { style }: Surface): string {
  const shown = bands.filter(({ prompts, from }) => prompts >= FEWEST_PROMPTS && from > 0).slice(-3);
  const prices = shown.map(
    ({ from, to, nano }) => `${formatUsd(nano)} ${to === null ? "" : "at "}${bandLabel(from, to)}`,
  );
  const lines = [];
  if (shown.length > 1) lines.push(`  A prompt costs ${prices.join(", ")} of context.`);
  const agentNano = sum(agents.map((agent) => agent.nano));
  const runs = sum(agents.map((agent) => agent.runs));
  const explored = axes.activity.find(({ key }) => key === "explore");
  lines.push(
    `  ${[
      `Main thread ${formatRoundUsd(main.nano)}`,
      runs > 0
        ? `agents ${formatRoundUsd(agentNano)} (${plural(runs, "run")})`
        : "no agent run in these files",
      explored && nano > 0 ? `exploration ${formatShare(explored.nano / nano, 0)} of all` : "",
    ]
      .filter((part) => part !== "")
      .join(" · ")}`,
  );
  if (unpriced.length > 0) lines.push(`  Without a price: ${unpriced.map(plainLine).join(", ")}`);
  lines.push(style("dim", "  ~ is estimated from lengths of text; all other amounts are exact."));
  return lines.join("\n");
}

const AXIS_TITLES: Readonly<Record<CauseAxis, string>> = {
  cause: "Cause",
  tool: "Content",
  skill: "Skill",
  "mcp-server": "MCP server",
  command: "Program",
  trigger: "Started by",
  activity: "Activity",
  agent: "Agent",
};

/** The same dollars broken down another way: `why --by`. */
export function renderAxis(
  { axes, nano, requests }: CostCauses,
  axis: CauseAxis,
  surface: Surface,
  shown: readonly AxisRow[] = axes[axis],
): string {
  const isCalled = axes[axis].some(({ calls }) => calls !== undefined);
  const counts = isCalled ? [right("Calls", 1), right("Per call", 2)] : [right("Requests", 1)];
  const columns = [{ title: AXIS_TITLES[axis], shrink: true }, right("Cost"), right("Share"), ...counts];
  const rows = shown.map((row) => [
    plainLine(axisLabel(row.key, axis)),
    formatUsd(row.nano),
    formatShare(row.share),
    ...(isCalled ? callCells(row) : [row.requests === null ? "" : formatInteger(row.requests)]),
  ]);
  const called = axes[axis].filter(({ key }) => key !== "none");
  const all = isCalled ? sum(called.map(({ calls = 0 }) => calls)) : requests;
  const total = ["Total", formatUsd(nano), "", formatInteger(all), ...(isCalled ? [""] : [])];
  return renderTable({ columns, rows, total, isMain: true }, surface);
}

function right(title: string, drop?: number) {
  return { title, align: "right" as const, ...(drop !== undefined && { drop }) };
}

/** Calls, and what one of them costs; nothing for content that nobody called. */
function callCells({ key, calls = 0, nano }: AxisRow): string[] {
  return calls === 0 || key === "none" ? ["", ""] : [formatInteger(calls), perCall(nano / calls)];
}

/** Below this, four decimals would show nothing. */
const LEAST_NANO = 50_000;

function perCall(nano: number): string {
  return nano > 0 && nano < LEAST_NANO ? `<${formatUsd(2 * LEAST_NANO)}` : formatUsd(nano);
}

/** Axes whose keys are words of rolecall and of the client; those of the others are names that users gave. */
const OWN_WORDS: ReadonlySet<CauseAxis> = new Set(["tool", "trigger", "activity"]);

/** Labels of what does not belong to the axis. */
const NONE_LABELS: Readonly<Partial<Record<CauseAxis, string>>> = {
  skill: "No skill",
  "mcp-server": "No MCP server",
  command: "No shell command",
};

/** Causes are shown with their group, content without a tool by what it is, and everything else by its own name. */
function axisLabel(key: string, axis: CauseAxis): string {
  if (key === "none" && Object.hasOwn(NONE_LABELS, axis)) return NONE_LABELS[axis] ?? key;
  if (OWN_WORDS.has(axis) && Object.hasOwn(CONTENT_LABELS, key)) return CONTENT_LABELS[key] ?? key;
  if (!Object.hasOwn(LEAF_LABELS, key)) return key;
  const group = key.slice(0, key.indexOf(".")) as CauseGroup;
  return `${GROUP_LABELS[group]}: ${LEAF_LABELS[key as Leaf]}`;
}
