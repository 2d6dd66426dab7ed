import { displayName } from "../domain/model-name.ts";
import { OUTCOMES } from "../domain/task.ts";
import type { AgentRow } from "../operations/agents.ts";
import { costCell, costUsd } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger } from "./numbers.ts";
import { rateFields } from "./rates.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** The table of `rolecall roles --agents`: declared models beside those that served. */
export function renderAgents(rows: readonly AgentRow[], surface: Surface): string {
  if (rows.length === 0) return "No agent ran in this period.\n";
  return renderTable(
    {
      columns: [
        { title: "Agent", shrink: true },
        { title: "Declared" },
        { title: "Served", shrink: true },
        { title: "Mismatches", align: "right", narrow: 1 },
        { title: "Effort", drop: 1 },
        { title: "Runs", align: "right", narrow: 2 },
      ],
      rows: rows.map((row) => [
        plainLine(row.agent),
        plainLine(row.declaredModel === null ? "–" : displayName(row.declaredModel)),
        served(row),
        row.mismatches === 0 ? "" : surface.style("yellow", formatInteger(row.mismatches)),
        efforts(row),
        formatInteger(row.runs),
      ]),
    },
    surface,
  );
}

function served({ servedModels, runs }: AgentRow): string {
  return plainLine(counted(servedModels, runs, displayName));
}

function efforts({ efforts: counts, runs }: AgentRow): string {
  return plainLine(counted(counts, runs, (effort) => (effort === "none" ? "–" : effort)));
}

/** Names with the runs that each has, the most first; without a number where it is all of them. */
function counted(
  counts: Readonly<Record<string, number>>,
  runs: number,
  nameOf: (key: string) => string,
): string {
  return Object.entries(counts)
    .toSorted((a, b) => b[1] - a[1])
    .map(([key, count]) => (count === runs ? nameOf(key) : `${nameOf(key)} × ${count}`))
    .join(", ");
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
      costCell(row),
      costCell({ ...row, costNano: row.costPerRunNano }),
      ...OUTCOMES.map((outcome) => row.outcomes[outcome]),
    ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function agentsJson(rows: readonly AgentRow[]): object {
  return {
    rows: rows.map(({ costNano, costPerRunNano, unpriced, successRate, ...row }) => ({
      ...row,
      costUsd: costUsd({ costNano, unpriced }),
      costPerRunUsd: costUsd({ costNano: costPerRunNano, unpriced }),
      successRate: rateFields(successRate),
    })),
  };
}
