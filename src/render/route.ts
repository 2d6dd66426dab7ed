import type { RoutingCurve, RoutingPoint, RoutingUnit } from "../analysis/routing.ts";
import { toUsd } from "../domain/money.ts";
import type { RouteDecision, RouteReport } from "../operations/route.ts";
import { formatInteger, formatShare, formatUsd } from "./numbers.ts";
import { formatRate, rateFields } from "./rates.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** Renders where a prompt should start and why, what history supports, and the curve. */
export function renderRoute(report: RouteReport, asksCurve: boolean, surface: Surface): string {
  const { decision, units, curve } = report;
  const sections = [
    ...(decision ? [renderDecision(decision, surface)] : [renderUnits(units, surface)]),
    ...(curve ? [renderCurve(curve, surface)] : asksCurve ? [NO_CURVE] : []),
  ];
  return sections.join("\n");
}

const NO_CURVE =
  "Too few known outcomes for a curve: it needs two tiers with 12 each. rolecall session ID --mark good adds one by hand.\n";

const DECIDED = {
  prompt: "the prompt",
  policy: "the policy's assignment of the role",
  history: "judged tasks of this role and complexity",
  "red flags": "red flags of the prompt",
} as const satisfies Record<RouteDecision["decidedBy"], string>;

function renderDecision(decision: RouteDecision, surface: Surface): string {
  const {
    tier,
    model,
    effort,
    complexity,
    category,
    errorCost,
    redFlags,
    greenFlags,
    reasons,
    role,
    history,
  } = decision;
  const { style } = surface;
  const rows = [
    ["Work", `${complexity}, ${category}; cost of errors: ${errorCost}`],
    ["Red flags", redFlags.length === 0 ? "none" : `the prompt ${redFlags.join(", ")}`],
    ["Green flags", greenFlags.length === 0 ? "none" : `the prompt ${greenFlags.join(", ")}`],
    ["Decided by", DECIDED[decision.decidedBy]],
    ["Steps", reasons.join("; ")],
  ];
  const head = `${style("bold", tier)} (${model}), effort ${effort}\n`;
  const lines = rows.map(([label = "", value = ""]) => `  ${label.padEnd(12)} ${plainLine(value)}\n`);
  const past = history
    ? `\nTasks of ${plainLine(role)}, ${history.complexity}:\n${renderCells([history], surface)}`
    : "";
  return `${head}${lines.join("")}${past}`;
}

function renderUnits(units: readonly RoutingUnit[], surface: Surface): string {
  if (units.length === 0) return "No tasks in this period.\n";
  return renderCells(units, surface);
}

function renderCells(units: readonly RoutingUnit[], surface: Surface): string {
  const rows = units.flatMap(({ role, complexity, cells, supported }) =>
    cells.map((cell, at) => [
      at === 0 ? plainLine(role) : "",
      at === 0 ? complexity : "",
      cell.tier,
      formatInteger(cell.tasks),
      formatRate(cell.successRate, cell.known),
      cell.costNano === 0 ? "–" : formatUsd(cell.costNano),
      cell.tier === supported ? "use this" : "",
    ]),
  );
  const columns: Column[] = [
    { title: "Role", shrink: true },
    { title: "Complexity", narrow: 1 },
    { title: "Tier" },
    { title: "Tasks", align: "right", drop: 2 },
    { title: "Success", align: "right" },
    { title: "Per task", align: "right", narrow: 2 },
    { title: "Verdict", drop: 1 },
  ];
  return renderTable({ columns, rows }, surface);
}

function renderCurve({ tasks, routed, single, random, area }: RoutingCurve, surface: Surface): string {
  const rows = [
    ...routed.map(
      ({ share, ...point }) =>
        [`By role and complexity, ${formatShare(share, 0)} of the best`, point] as const,
    ),
    ...single.map(({ tier, ...point }) => [`Everything on ${tier}`, point] as const),
    ...random.map(
      ({ share, ...point }) => [`Random, ${formatShare(share, 0)} on the strongest`, point] as const,
    ),
  ].map(([way, { costNano, success }]) => [way, formatUsd(costNano), formatShare(success)]);
  const columns: Column[] = [
    { title: "Routing", shrink: true },
    { title: "Per task", align: "right" },
    { title: "Success", align: "right" },
  ];
  const measure =
    area === null
      ? "The strongest tier is not better here, or not more expensive: there is nothing to route for."
      : `Area below the curve: ${area.toFixed(2)} (random routing: 0.50).`;
  const basis = `Estimated from ${formatInteger(tasks)} tasks: each half judges what was chosen on the other.`;
  return `${renderTable({ columns, rows }, surface)}${measure} ${basis}\n`;
}

/** Renders a route for programs. */
export function routeJson({ decision, units, curve }: RouteReport): object {
  return {
    decision: decision ? decisionJson(decision) : null,
    units: units.map(unitJson),
    curve: curve
      ? {
          tasks: curve.tasks,
          routed: curve.routed.map(pointJson),
          single: curve.single.map(pointJson),
          random: curve.random.map(pointJson),
          area: curve.area,
        }
      : null,
  };
}

function decisionJson({ history, ...decision }: RouteDecision): object {
  return { ...decision, history: history ? unitJson(history) : null };
}

function unitJson({ role, complexity, cells, supported }: RoutingUnit): object {
  return {
    role,
    complexity,
    supported: supported ?? null,
    cells: cells.map(({ costNano, successRate, ...cell }) => ({
      ...cell,
      successRate: rateFields(successRate),
      costUsd: toUsd(costNano),
    })),
  };
}

function pointJson({ costNano, success, ...way }: RoutingPoint & { share?: number; tier?: string }): object {
  return { ...way, costUsd: toUsd(costNano), success };
}
