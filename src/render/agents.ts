import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import { OUTCOMES } from "../domain/task.ts";
import type { AgentRow } from "../operations/agents.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatUsd } from "./figures.ts";
import { formatRate, rateFields } from "./rates.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** The table of `rolecall agents`. */
export function renderAgents(rows: readonly AgentRow[], surface: Surface): string {
  if (rows.length === 0) return "No agent ran in this period.\n";
  return renderTable(
    {
      columns: [
        { title: "Agent", shrink: true },
        { title: "Declared", drop: 2 },
        { title: "Served" },
        { title: "Mismatches", align: "right", drop: 3 },
        { title: "Runs", align: "right" },
        { title: "Cost", align: "right" },
        { title: "Per run", align: "right", drop: 1 },
        { title: "Success", align: "right" },
        { title: "Failed", align: "right", drop: 4 },
        { title: "Again", align: "right", drop: 4 },
      ],
      rows: rows.map((row) => [
        plainLine(row.agent),
        plainLine(row.declaredModel === null ? "–" : displayName(row.declaredModel)),
        served(row),
        row.mismatches === 0 ? "" : surface.style("yellow", formatInteger(row.mismatches)),
        formatInteger(row.runs),
        formatUsd(row.costNano),
        formatUsd(row.costPerRunNano),
        formatRate(row.successRate, row.runs - row.outcomes.unknown),
        formatInteger(row.outcomes.failed),
        formatInteger(row.outcomes.reworked + row.outcomes.escalated),
      ]),
    },
    surface,
  );
}

function served({ servedModels, runs }: AgentRow): string {
  const models = Object.entries(servedModels).sort((a, b) => b[1] - a[1]);
  return plainLine(
    models
      .map(([model, count]) => (count === runs ? displayName(model) : `${displayName(model)} × ${count}`))
      .join(", "),
  );
}

export function renderAgentsCsv(rows: readonly AgentRow[]): string {
  return renderCsv(
    [
      "agent",
      "role",
      "declaredModel",
      "servedModels",
      "mismatches",
      "runs",
      "costUsd",
      "costPerRunUsd",
      ...OUTCOMES,
    ],
    rows.map((row) => [
      row.agent,
      row.role,
      row.declaredModel,
      Object.entries(row.servedModels)
        .map(([model, count]) => `${model}=${count}`)
        .join(" "),
      row.mismatches,
      row.runs,
      toUsd(row.costNano),
      toUsd(row.costPerRunNano),
      ...OUTCOMES.map((outcome) => row.outcomes[outcome]),
    ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function agentsJson(rows: readonly AgentRow[]): object {
  return {
    rows: rows.map(({ costNano, costPerRunNano, successRate, ...row }) => ({
      ...row,
      costUsd: toUsd(costNano),
      costPerRunUsd: toUsd(costPerRunNano),
      successRate: rateFields(successRate),
    })),
  };
}
