import { displayName } from "../domain/model-name.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import type { PlannedRequest, RequestCost, TimesUnit } from "../operations/model-cost.ts";
import type { ModelOnDay } from "../operations/models.ts";
import { usdOrNull } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger, formatUsd } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";

/** Dollars with four decimals below one: cents say too little of a request. */
function formatFine(nano: NanoUsd): string {
  return formatUsd(nano, nano < 1e9 ? 4 : 2);
}

const PARTS = { input: "Input", cacheRead: "Cache read", output: "Output" } as const;

/** Draws what a request costs on one model, part by part. */
export function renderRequestCost(
  model: ModelOnDay,
  request: PlannedRequest,
  cost: RequestCost | undefined,
  day: string,
  surface: Surface,
): string {
  const { style } = surface;
  const head = `${style("bold", model.name)}  ${style("dim", model.id)}\n\n`;
  if (!cost) return `${head}No price of ${model.name} is known on ${day}.\n`;
  const columns: Column[] = [
    { title: `Cost on ${day}` },
    { title: "Tokens", align: "right" },
    { title: "$ per million", align: "right" },
    { title: "Cost", align: "right" },
  ];
  const rows = cost.parts.map(({ part, tokens, usdPerMillion, costNano }) => [
    PARTS[part],
    formatInteger(tokens),
    String(usdPerMillion),
    formatFine(costNano),
  ]);
  const sums = [
    ["One request", "", "", formatFine(cost.requestNano)],
    ["In a batch", "", "", formatFine(cost.batchNano)],
    ...timesRows(request, cost),
  ];
  const notes = notesOf(model, request).map((note) => `${style("yellow", note)}\n`);
  return `${head}${renderTable({ columns, rows: [...rows, ...sums] }, surface)}${notes.join("")}`;
}

function timesRows({ times }: PlannedRequest, { timesNano, perUnitNano }: RequestCost): string[][] {
  if (!times || timesNano === undefined) return [];
  if (!perUnitNano) return [[`${formatInteger(times.count)} requests`, "", "", formatUsd(timesNano)]];
  const units = Object.entries(perUnitNano) as [TimesUnit, number][];
  const shown = units.filter(([unit]) => unit !== times.per);
  return [
    [`${formatInteger(times.count)} a ${times.per}`, "", "", formatUsd(timesNano)],
    ...shown.map(([unit, nano]) => [`The same by the ${unit}`, "", "", formatUsd(nano)]),
  ];
}

/** Returns why the request would not be accepted. */
function notesOf(model: ModelOnDay, { promptTokens, outputTokens }: PlannedRequest): string[] {
  const notes: string[] = [];
  if (promptTokens + outputTokens > model.context)
    notes.push(`More than the context of ${formatInteger(model.context)} tokens.`);
  if (model.maxOutput !== undefined && outputTokens > model.maxOutput)
    notes.push(`More than an answer can have: ${formatInteger(model.maxOutput)} tokens.`);
  return notes;
}

/** A model with what a request costs on it. */
export interface ModelCost {
  model: ModelOnDay;
  cost: RequestCost | undefined;
}

/** Draws what a request costs on each model, cheapest first. */
export function renderRequestCosts(
  costs: readonly ModelCost[],
  request: PlannedRequest,
  day: string,
  surface: Surface,
): string {
  const { times } = request;
  const columns: Column[] = [
    { title: "Model" },
    { title: "One request", align: "right" },
    { title: "In a batch", align: "right" },
    ...(times ? [{ title: timesTitle(times), align: "right" } as const] : []),
    { title: "Id", drop: 1 },
  ];
  const rows = costs
    .filter(({ model }) => model.status !== "retired")
    .toSorted((a, b) => (a.cost?.requestNano ?? Infinity) - (b.cost?.requestNano ?? Infinity))
    .map(({ model, cost }) => [
      displayName(model.id),
      cost ? formatFine(cost.requestNano) : "no price",
      cost ? formatFine(cost.batchNano) : "no price",
      ...(times ? [cost?.timesNano === undefined ? "no price" : formatUsd(cost.timesNano)] : []),
      model.id,
    ]);
  return `${renderTable({ columns, rows }, surface)}${surface.style("dim", `Prices of ${day}.`)}\n`;
}

function timesTitle({ count, per }: NonNullable<PlannedRequest["times"]>): string {
  return per ? `${formatInteger(count)} a ${per}` : `${formatInteger(count)} requests`;
}

/** Returns what a request costs on each model as CSV. */
export function renderRequestCostsCsv(costs: readonly ModelCost[]): string {
  return renderCsv(
    ["id", "name", "requestUsd", "batchUsd", "timesUsd"],
    costs.map(({ model, cost }) => [
      model.id,
      model.name,
      usdOrNull(cost?.requestNano),
      usdOrNull(cost?.batchNano),
      usdOrNull(cost?.timesNano),
    ]),
  );
}

/** Returns the `request` and `cost` of JSON answers. */
export function requestCostJson(request: PlannedRequest, cost: RequestCost | undefined): object {
  const { promptTokens, outputTokens, cachedTokens, times } = request;
  return {
    request: {
      promptTokens,
      cachedTokens,
      outputTokens,
      times: times ? { ...times, per: times.per ?? null } : null,
    },
    cost: cost
      ? {
          parts: cost.parts.map(({ costNano, ...part }) => ({ ...part, costUsd: toUsd(costNano) })),
          requestUsd: toUsd(cost.requestNano),
          batchUsd: toUsd(cost.batchNano),
          timesUsd: usdOrNull(cost.timesNano),
          perUnitUsd: cost.perUnitNano
            ? Object.fromEntries(Object.entries(cost.perUnitNano).map(([unit, nano]) => [unit, toUsd(nano)]))
            : null,
        }
      : null,
  };
}
