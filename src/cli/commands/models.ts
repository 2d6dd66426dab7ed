import { UsageError } from "../../errors.ts";
import { loadModels } from "../../history/load-models.ts";
import { addModels } from "../../operations/add-models.ts";
import { parseRequest, type PlannedRequest, priceRequest } from "../../operations/model-cost.ts";
import { findModel, listModels, nearestModels } from "../../operations/models.ts";
import { addedModelsJson, renderAddedModels } from "../../render/add-models.ts";
import { renderAnswer } from "../../render/json.ts";
import {
  renderRequestCost,
  renderRequestCosts,
  renderRequestCostsCsv,
  requestCostJson,
} from "../../render/model-cost.ts";
import {
  modelJson,
  renderModel,
  renderModels,
  renderModelsCsv,
  renderUnknownModel,
} from "../../render/models.ts";
import type { Surface } from "../../render/style.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { dayFrom, OUTPUT_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import { surfaceOf } from "../report.ts";

const { json, csv, color } = OUTPUT_OPTIONS;
const TOKENS = { type: "string", requiresArg: true, group: "Calculator:" } as const;

export default defineCommand({
  options: {
    date: {
      type: "string",
      default: "today",
      requiresArg: true,
      describe: "Show the prices of another day (UTC)",
    },
    all: { type: "boolean", default: false, describe: "Include retired models" },
    in: { ...TOKENS, describe: "Price a request with this many prompt tokens" },
    out: { ...TOKENS, describe: "Set the tokens of its answer" },
    cached: { ...TOKENS, describe: "Set the prompt tokens that come from the cache" },
    times: { ...TOKENS, describe: "Multiply: 100/week, 5/day or 12" },
    prices: SOURCE_OPTIONS.prices,
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "Show what models add changes, and write nothing",
    },
    json,
    csv,
    color,
  },
  examples: [
    ["rolecall models", "Show what each model costs today"],
    ["rolecall models sonnet --date 2026-10-01", "Show one model on a day"],
    ["rolecall models opus --in 10k --out 8k --cached 6k --times 100/week", "Show what a habit costs"],
    ["rolecall models --in 10k --out 8k", "Price a request on every model, cheapest first"],
    ["rolecall models add prices.json", "Add new models and prices (docs/prices.md)"],
  ],
  run(args, io) {
    const day = dayFrom("date", args.date, io, "UTC");
    const [name, file] = [args["id"], args["file"]].map((word) =>
      typeof word === "string" ? word : undefined,
    );
    if (name === "add") return add(file, day, args, io);
    if (file !== undefined)
      throw new UsageError(`models: unexpected argument "${file}"`, {
        hint: "Try rolecall models --help.",
      });
    const table = loadModels(args.prices, io.env);
    const request = parseRequest(args);
    const view = { day, table, request, surface: surfaceOf(args, io), args, io };
    return name === undefined ? showAll(view) : showOne(name, view);
  },
});

function add(
  from: string | undefined,
  day: string,
  args: { json: boolean; prices?: string | undefined; "dry-run": boolean; color?: boolean | undefined },
  io: Io,
): ExitCode {
  if (from === undefined)
    throw new UsageError("models add: no file given", {
      hint: "Try rolecall models add prices.json (docs/prices.md).",
    });
  const added = addModels({ from, to: args.prices, env: io.env, day, dryRun: args["dry-run"] });
  io.out(
    args.json
      ? renderAnswer("models", addedModelsJson(added))
      : wrapWide(renderAddedModels(added, surfaceOf(args, io)), io.columns),
  );
  return EXIT.ok;
}

/** The values that both forms of the command need. */
interface View {
  day: string;
  table: ReturnType<typeof loadModels>;
  request: PlannedRequest | undefined;
  surface: Surface;
  args: { json: boolean; csv: boolean; all: boolean };
  io: Io;
}

function showAll({ day, table, request, surface, args, io }: View): ExitCode {
  const models = listModels(day, table);
  const costs = models.map((model) => ({
    model,
    cost: request && priceRequest(model.id, request, day, table),
  }));
  if (args.json) {
    const priced = (index: number) => request && requestCostJson(request, costs[index]?.cost);
    const fields = models.map((model, index) => ({ ...modelJson(model), ...priced(index) }));
    io.out(renderAnswer("models", { date: day, models: fields }));
  } else if (args.csv) io.out(request ? renderRequestCostsCsv(costs) : renderModelsCsv(models));
  else if (request) io.out(wrapWide(renderRequestCosts(costs, request, day, surface), io.columns));
  else io.out(wrapWide(renderModels(models, day, args.all, surface), io.columns));
  return EXIT.ok;
}

function showOne(name: string, { day, table, request, surface, args, io }: View): ExitCode {
  const model = findModel(name, day, table);
  const nearest = model ? [] : nearestModels(name, table);
  const cost = model && request && priceRequest(model.id, request, day, table);
  if (args.json) {
    const fields = model && { ...modelJson(model), ...(request && requestCostJson(request, cost)) };
    io.out(renderAnswer("models", { date: day, models: fields ? [fields] : [], nearest }));
  } else if (!model) io.err(renderUnknownModel(name, nearest));
  else if (args.csv) io.out(request ? renderRequestCostsCsv([{ model, cost }]) : renderModelsCsv([model]));
  else if (request) io.out(renderRequestCost(model, request, cost, day, surface));
  else io.out(renderModel(model, day, surface));
  return model ? EXIT.ok : EXIT.no;
}
