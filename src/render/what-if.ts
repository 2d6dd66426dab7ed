import { RESCALED } from "./savings.ts";
import { displayName } from "../domain/model-name.ts";
import { isFamily } from "../domain/model.ts";
import { toUsd } from "../domain/money.ts";
import type { KnownSuccess, WhatIf, WhatIfRole } from "../operations/what-if.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatShare, formatUsd } from "./numbers.ts";
import { formatRate, rateFields } from "./rates.ts";
import type { Surface } from "./style.ts";
import { renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

/** The screen of `rolecall savings --what-if`. */
export function renderWhatIf(report: WhatIf, surface: Surface): string {
  const { asked, actualNano, costNano } = report;
  const { style } = surface;
  const saved = actualNano - costNano;
  const share = actualNano === 0 ? "" : ` (${formatShare(Math.abs(saved) / actualNano)})`;
  const verb = saved < 0 ? "more" : "saved";
  return [
    `What if ${style("bold", plainLine(asked.join(", ")))}`,
    `${formatUsd(actualNano)} spent. It would have cost ${style("bold", formatUsd(costNano))}: ${style(saved < 0 ? "yellow" : "green", `${formatUsd(Math.abs(saved))} ${verb}`)}${share}.`,
    "",
    renderWhatIfTable(report, surface),
    ...notesOf(report).map((note) => style("dim", note)),
    "",
  ].join("\n");
}

function renderWhatIfTable({ roles, restNano, actualNano, costNano }: WhatIf, surface: Surface): string {
  const rest = Math.abs(restNano) < 1 ? [] : [sumRow("everything else", "unchanged", restNano, restNano)];
  return renderTable(
    {
      columns: [
        { title: "Role", shrink: true },
        { title: "Ran on", drop: 3, shrink: true },
        { title: "What if" },
        { title: "Tasks", align: "right", drop: 2 },
        { title: "Cost", align: "right", narrow: 1 },
        { title: "Cost there", align: "right" },
        { title: "Saved", align: "right", drop: 1 },
        { title: "Success", align: "right", drop: 4 },
        { title: "Success there", align: "right", narrow: 2 },
      ],
      rows: [...roles.map(rowOf), ...rest],
      total: sumRow("Total", "", actualNano, costNano),
    },
    surface,
  );
}

function sumRow(name: string, to: string, actualNano: number, costNano: number): string[] {
  return [
    name,
    "",
    to,
    "",
    ...[actualNano, costNano, actualNano - costNano].map((nano) => formatUsd(nano)),
    "",
    "",
  ];
}

function rowOf({ role, from, to, tasks, actualNano, costNano, success, successThere }: WhatIfRole): string[] {
  const isRecorded = actualNano > 0 || tasks === 0; // some runs are known from the parent's transcript alone
  const [first, ...others] = from;
  const was = first === undefined ? "" : displayName(first) + (others.length > 0 ? ` +${others.length}` : "");
  return [
    plainLine(role),
    plainLine(was),
    plainLine(nameOf(to)),
    formatInteger(tasks),
    ...(isRecorded
      ? [formatUsd(actualNano), formatUsd(costNano), formatUsd(actualNano - costNano)]
      : ["–", "–", "–"]),
    tasks === 0 ? "" : formatRate(success, success.known),
    tasks === 0 ? "" : successThere ? formatRate(successThere, successThere.known) : "not known",
  ];
}

/** A tier with a capital, a model by its name. */
function nameOf({ model, effort }: WhatIfRole["to"]): string {
  const name = isFamily(model) ? model[0]?.toUpperCase() + model.slice(1) : displayName(model);
  return [name, effort].filter(Boolean).join(" ");
}

function notesOf({ roles, unpriced, rescaled, effortScaled }: WhatIf): string[] {
  return [
    ...(roles.length === 0 ? ["No task of these roles in this period: nothing changes."] : []),
    "The same tokens at other prices, as in rolecall savings. Work that fails and is done again would cost more.",
    "Success there: tasks of the role that ran on that model in this period. A tier is its newest model of each day.",
    ...(unpriced > 0
      ? [`${formatInteger(unpriced)} groups of requests keep their cost: the other price is not known.`]
      : []),
    ...(rescaled ? [RESCALED] : []),
    ...(effortScaled
      ? ["Output is scaled to the other effort (rolecall models MODEL shows by how much)."]
      : []),
  ];
}

/** One line for each role, the rest and the total. */
export function renderWhatIfCsv({ roles, restNano, actualNano, costNano }: WhatIf): string {
  return renderCsv(
    ["role", "model", "effort", "tasks", "costUsd", "whatIfUsd", "successThere", "knownThere"],
    [
      ...roles.map((row) => [
        row.role,
        row.to.model,
        row.to.effort,
        row.tasks,
        toUsd(row.actualNano),
        toUsd(row.costNano),
        row.successThere && rateFields(row.successThere).value,
        row.successThere?.known ?? 0,
      ]),
      sumLine("everything else", restNano, restNano),
      sumLine("total", actualNano, costNano),
    ],
  );
}

function sumLine(name: string, actualNano: number, costNano: number): (string | number | null)[] {
  return [name, null, null, null, toUsd(actualNano), toUsd(costNano), null, null];
}

/** The field `whatIf` of the JSON answer (docs/json.md). */
export function whatIfJson(report: WhatIf): object {
  const { asked, roles, restNano, actualNano, costNano, unpriced, rescaled, effortScaled } = report;
  return {
    asked,
    actualUsd: toUsd(actualNano),
    costUsd: toUsd(costNano),
    savingsUsd: toUsd(actualNano - costNano),
    restUsd: toUsd(restNano),
    roles: roles.map(({ actualNano: actual, costNano: cost, success, successThere, ...row }) => ({
      ...row,
      actualUsd: toUsd(actual),
      costUsd: toUsd(cost),
      success: successFields(success),
      successThere: successThere && successFields(successThere),
    })),
    unpriced,
    rescaled,
    effortScaled,
  };
}

function successFields({ accepted, known, ...rate }: KnownSuccess): object {
  return { accepted, known, ...rateFields(rate) };
}
