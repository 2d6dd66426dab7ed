import type { Rates } from "../models/entry.ts";
import type { ModelDetail, ModelOnDay } from "../operations/models.ts";
import { renderCsv } from "./csv.ts";
import { formatInteger } from "./numbers.ts";
import type { Surface } from "./style.ts";
import { type Column, renderTable } from "./table.ts";
import { plainLine } from "./text.ts";

const COLUMNS: readonly Column[] = [
  { title: "Model" },
  { title: "Input", align: "right" },
  { title: "Output", align: "right" },
  { title: "Write 5m", align: "right", narrow: 2 },
  { title: "Write 1h", align: "right", drop: 1 },
  { title: "Read", align: "right" },
  { title: "Long prompt", align: "right", drop: 3 },
  { title: "Fast", align: "right", drop: 4 },
  { title: "Context", align: "right", drop: 2 },
  { title: "Effort (default)", drop: 5 },
  { title: "Status", narrow: 1 },
  { title: "Released", drop: 6 },
  { title: "Retires", drop: 7 },
  { title: "Id", drop: 8 },
];

/** The catalogue on one day; retired models only where they are asked for. */
export function renderModels(
  models: readonly ModelOnDay[],
  day: string,
  all: boolean,
  surface: Surface,
): string {
  const { style } = surface;
  const shown = all ? models : models.filter(({ status }) => status !== "retired");
  const table = renderTable({ columns: COLUMNS, rows: shown.map(cellsOf) }, surface);
  const hidden = models.length - shown.length;
  const notes = [
    `Dollars per million tokens on ${day}.`,
    ...(hidden > 0 ? [`${formatInteger(hidden)} retired models: --all`] : []),
  ];
  return table + notes.map((note) => `${style("dim", note)}\n`).join("");
}

function cellsOf(model: ModelOnDay): string[] {
  const { rates, longPrompt, fast } = model;
  return [
    model.name,
    formatRate(rates?.input),
    formatRate(rates?.output),
    formatRate(rates?.cacheWrite5m),
    formatRate(rates?.cacheWrite1h),
    formatRate(rates?.cacheRead),
    longPrompt ? `>${formatSize(longPrompt.above)}: ${formatPair(longPrompt.rates)}` : "",
    fast ? formatPair(fast) : "",
    formatSize(model.context),
    formatEfforts(model),
    model.status,
    model.released,
    model.retires ?? "",
    model.id,
  ];
}

/** A rate with its cents, or with all it has where those are not enough: `2.00`, `0.125`. */
function formatRate(rate: number | undefined): string {
  if (rate === undefined) return "–";
  return Number.isInteger(rate * 100) ? rate.toFixed(2) : String(rate);
}

function formatPair({ input, output }: Rates): string {
  return `${formatRate(input)} / ${formatRate(output)}`;
}

/** `1M`, `200K`. */
function formatSize(tokens: number): string {
  return tokens >= 1e6 ? `${tokens / 1e6}M` : `${tokens / 1e3}K`;
}

function formatEfforts({ efforts, defaultEffort }: ModelOnDay): string {
  const [least, most] = [efforts[0], efforts.at(-1)];
  if (least === undefined || most === undefined) return "none";
  return `${least} to ${most}${defaultEffort ? ` (${defaultEffort})` : ""}`;
}

/** One model with everything that the catalogue knows of it. */
export function renderModel(model: ModelDetail, day: string, surface: Surface): string {
  const { style } = surface;
  const lines = factsOf(model, day).map(([name, value]) => `  ${style("dim", name.padEnd(14))}${value}`);
  const head = `${style("bold", model.name)}  ${style("dim", model.id)}`;
  const prices = renderTable(
    {
      columns: [
        { title: `$ per million on ${day}` },
        ...["Input", "Output", "Write 5m", "Write 1h", "Read"].map<Column>((title) => ({
          title,
          align: "right",
        })),
      ],
      rows: pricesOf(model),
    },
    surface,
  );
  const us = model.usOnly ? ["US-only inference costs a tenth more, a batch half."] : ["A batch costs half."];
  return `${[head, "", ...lines].join("\n")}\n\n${prices}${us.map((note) => `${style("dim", note)}\n`).join("")}`;
}

function factsOf(model: ModelDetail, day: string): [string, string][] {
  const { efforts, defaultEffort, effortCost, aliases, spellings, maxOutput, retires } = model;
  const facts: [string, string][] = [
    ["Tier", model.family],
    [
      "Status",
      [
        model.released > day ? `not out on ${day}` : model.status,
        `released ${model.released}`,
        ...(retires ? [`retires ${retires}`] : []),
      ].join(", "),
    ],
    [
      "Context",
      `${formatInteger(model.context)} tokens${maxOutput ? `, answers up to ${formatInteger(maxOutput)}` : ""}`,
    ],
    ["Tokenizer", TOKENIZERS[model.tokenizer]],
    [
      "Effort",
      efforts.length === 0
        ? "has no such parameter"
        : efforts.join(", ") + (defaultEffort ? `; ${defaultEffort} by default` : ""),
    ],
  ];
  if (effortCost)
    facts.push([
      "Effort cost",
      efforts.map((effort) => `${effort} ${effortCost[effort]}`).join(", ") + "  (of a task)",
    ]);
  if (aliases.length > 0) facts.push(["Aliases", aliases.join(", ")]);
  spellings.forEach((spelling, index) => facts.push([index === 0 ? "Also spelled" : "", spelling]));
  return facts;
}

const TOKENIZERS = {
  v3: "v3",
  "v4.7": "v4.7: about 30% more tokens for the same text than v3",
} as const satisfies Record<ModelDetail["tokenizer"], string>;

function pricesOf({ rates, longPrompt, fast }: ModelDetail): string[][] {
  return [
    priceRow("List price", rates),
    ...(longPrompt ? [priceRow(`Prompt over ${formatInteger(longPrompt.above)}`, longPrompt.rates)] : []),
    ...(fast ? [priceRow("Fast mode", fast)] : []),
  ];
}

function priceRow(name: string, rates: Rates | undefined): string[] {
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = rates ?? {};
  return [name, ...[input, output, cacheWrite5m, cacheWrite1h, cacheRead].map(formatRate)];
}

/** A name that the catalogue does not have, as errors are written. */
export function renderUnknownModel(name: string, nearest: readonly string[]): string {
  const known = nearest.length > 0 ? `a name such as ${nearest.join(", ")}` : "a tier, a name or an ID";
  return `rolecall: models: unknown model "${plainLine(name)}"\n  Expected ${known}.\n  Try rolecall models, which lists them.\n`;
}

/** A model as JSON answers write it (docs/json.md). */
export function modelJson(model: ModelOnDay | ModelDetail): object {
  const { family, context, maxOutput, defaultEffort, effortCost, rates, longPrompt, fast, retires, ...rest } =
    model;
  return {
    ...rest,
    tier: family,
    retires: retires ?? null,
    contextTokens: context,
    maxOutputTokens: maxOutput ?? null,
    defaultEffort: defaultEffort ?? null,
    effortCost: effortCost ?? null,
    usdPerMillion: rates ?? null,
    longPrompt: longPrompt ? { aboveTokens: longPrompt.above, usdPerMillion: longPrompt.rates } : null,
    fast: fast ? { usdPerMillion: fast } : null,
  };
}

export function renderModelsCsv(models: readonly ModelOnDay[]): string {
  return renderCsv(
    [
      "id", "name", "tier", "status", "released", "retires", "context", "input", "output", "cacheWrite5m", "cacheWrite1h",
      "cacheRead",
    ], // prettier-ignore
    models.map(({ id, name, family, status, released, retires, context, rates }) => [
      id, name, family, status, released, retires, context, rates?.input, rates?.output, rates?.cacheWrite5m,
      rates?.cacheWrite1h, rates?.cacheRead,
    ]), // prettier-ignore
  );
}
