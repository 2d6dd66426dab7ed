import { sum } from "../domain/numbers.ts";
import { minuteOf } from "../domain/calendar.ts";
import { displayName } from "../domain/model-name.ts";
import { toUsd } from "../domain/money.ts";
import { totalTokens } from "../domain/usage.ts";
import type { Block } from "../operations/blocks.ts";
import { costCell, formatCost } from "./cost.ts";
import { renderCsv } from "./csv.ts";
import { formatCount, formatDuration, formatInteger, formatUsd, plural } from "./numbers.ts";
import { spendFields } from "./spend.ts";
import { renderNoRequests } from "./no-requests.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Window" },
  { title: "Models", drop: 3 },
  { title: "Requests", align: "right", drop: 2 },
  { title: "Tokens", align: "right" },
  { title: "Tokens/min", align: "right", drop: 1 },
  { title: "Per hour", align: "right", narrow: 1 },
  { title: "Cost", align: "right" },
  { title: "" },
];

/** The table of `rolecall limits --windows`, with the sum of all windows that were found; the active window's projection below it. */
export function renderBlocks(
  blocks: readonly Block[],
  found: readonly Block[],
  timezone: string,
  surface: Surface,
): string {
  if (blocks.length === 0) return renderNoRequests(surface);
  const rows = blocks.map((block) => cellsOf(block, timezone, surface));
  const left = found.length - blocks.length;
  const more = left > 0 ? `${formatInteger(left)} more: --limit ${found.length}\n` : "";
  const drawn = renderTable({ columns: COLUMNS, rows, total: totalOf(found), isMain: true }, surface);
  const table = drawn + surface.style("dim", more);
  const active = blocks.find((block) => block.active);
  return active ? `${table}\n${formatActive(active, timezone, surface)}\n` : table;
}

function totalOf(found: readonly Block[]): string[] {
  const requests = sum(found.map((block) => block.requests));
  const tokens = sum(found.map(({ usage }) => totalTokens(usage)));
  const cost = {
    requests,
    costNano: sum(found.map(({ costNano }) => costNano)),
    unpriced: sum(found.map(({ unpriced }) => unpriced)),
  };
  const name = plural(found.length, "window");
  return [name, "", formatInteger(requests), formatCount(tokens), "", "", formatCost(cost), ""];
}

function cellsOf(block: Block, timezone: string, { style }: Surface): string[] {
  const { burnRate } = block;
  return [
    `${minuteOf(block.startedAt, timezone)} to ${minuteOf(block.endsAt, timezone).slice(-5)}`,
    block.models.map((model) => plainLine(displayName(model))).join(", "),
    formatInteger(block.requests),
    formatCount(totalTokens(block.usage)),
    burnRate ? formatCount(Math.round(burnRate.tokensPerMinute)) : "",
    burnRate && block.unpriced === 0 ? formatUsd(burnRate.nanoPerHour) : "",
    formatCost(block),
    block.active ? style("green", "active") : "",
  ];
}

function formatActive({ projection, endsAt, costNano }: Block, timezone: string, { style }: Surface): string {
  const end = minuteOf(endsAt, timezone).slice(-5);
  if (!projection) return `${style("green", "Active")} until ${end}: ${formatUsd(costNano)} so far.`;
  const { remainingMs, costNano: cost, tokens } = projection;
  return (
    `${style("green", "Active")} until ${end}, ${formatDuration(remainingMs)} left: ${formatUsd(costNano)} so far, ` +
    `${style("bold", formatUsd(cost))} and ${formatCount(tokens)} tokens by then at this rate.`
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function blocksJson(blocks: readonly Block[]): object {
  return { blocks: blocks.map(blockJson) };
}

function blockJson(block: Block): object {
  const { burnRate, projection } = block;
  return {
    ...headOf(block),
    ...spendFields(block),
    burnRate: burnRate
      ? { tokensPerMinute: burnRate.tokensPerMinute, usdPerHour: toUsd(burnRate.nanoPerHour) }
      : null,
    projection: projection
      ? {
          tokens: projection.tokens,
          costUsd: toUsd(projection.costNano),
          remainingMs: projection.remainingMs,
        }
      : null,
  };
}

function headOf({ startedAt, endsAt, firstAt, lastAt, active, models }: Block) {
  return {
    startedAt: formatIso(startedAt),
    endsAt: formatIso(endsAt),
    firstRequestAt: formatIso(firstAt),
    lastRequestAt: formatIso(lastAt),
    active,
    models,
  };
}

function formatIso(at: number): string {
  return new Date(at).toISOString();
}

export function renderBlocksCsv(blocks: readonly Block[]): string {
  return renderCsv(
    [
      "startedAt",
      "endsAt",
      "active",
      "models",
      "requests",
      "tokens",
      "tokensPerMinute",
      "usdPerHour",
      "costUsd",
    ],
    blocks.map((block) => {
      const { startedAt, endsAt, active, models } = headOf(block);
      const { burnRate, requests } = block;
      const rates = [burnRate?.tokensPerMinute, burnRate && toUsd(burnRate.nanoPerHour)];
      return [
        startedAt,
        endsAt,
        String(active),
        models.join(" "),
        requests,
        totalTokens(block.usage),
        ...rates,
        costCell(block),
      ];
    }),
  );
}
