import { loadModels } from "../../history/load-models.ts";
import { findModel, listModels, nearestModels } from "../../operations/models.ts";
import { renderAnswer } from "../../render/json.ts";
import {
  modelJson,
  renderModel,
  renderModels,
  renderModelsCsv,
  renderUnknownModel,
} from "../../render/models.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { dayFrom, OUTPUT_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import { surfaceOf } from "../report.ts";

const { json, csv, color } = OUTPUT_OPTIONS;

export default defineCommand({
  options: {
    date: { type: "string", default: "today", requiresArg: true, describe: "prices of another day (UTC)" },
    all: { type: "boolean", default: false, describe: "retired models too" },
    prices: SOURCE_OPTIONS.prices,
    json,
    csv,
    color,
  },
  examples: [
    ["rolecall models", "what each model costs today"],
    ["rolecall models sonnet --date 2026-10-01", "one model, as it was on a day"],
  ],
  run(args, io) {
    const day = dayFrom("date", args.date, io, "UTC");
    const name = typeof args["id"] === "string" ? args["id"] : undefined;
    const surface = surfaceOf(args, io);
    const table = loadModels(args.prices, io.env);
    if (name === undefined) {
      const models = listModels(day, table);
      if (args.json) io.out(renderAnswer("models", { date: day, models: models.map(modelJson) }));
      else io.out(args.csv ? renderModelsCsv(models) : renderModels(models, day, args.all, surface));
      return EXIT.ok;
    }
    const model = findModel(name, day, table);
    const nearest = model ? [] : nearestModels(name, table);
    if (args.json)
      io.out(renderAnswer("models", { date: day, models: model ? [modelJson(model)] : [], nearest }));
    else if (model) io.out(args.csv ? renderModelsCsv([model]) : renderModel(model, day, surface));
    else io.out(wrapWide(renderUnknownModel(name, nearest), io.columns));
    return model ? EXIT.ok : EXIT.no;
  },
});
