import { readTelemetry } from "../../operations/telemetry.ts";
import { renderAnswer } from "../../render/json.ts";
import { renderAttemptsCsv, renderTelemetry, telemetryJson } from "../../render/telemetry.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { PERIOD_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { periodJson, surfaceOf } from "../report.ts";

export default defineCommand({
  options: {
    ...PERIOD_OPTIONS,
    reset: { type: "string", describe: "close breakers first: all, or one by its key" },
    attempts: { type: "boolean", default: false, describe: "with --json: list every attempt" },
    db: SOURCE_OPTIONS.db,
    prices: SOURCE_OPTIONS.prices,
    json: { type: "boolean", default: false, describe: "JSON for programs" },
    csv: { type: "boolean", default: false, describe: "every attempt as a row" },
    color: { type: "boolean", describe: "colors (default: on terminals; NO_COLOR is respected)" },
  },
  examples: [
    ["rolecall telemetry --days 7", "the last week: success, fallbacks, savings, breakers"],
    ["rolecall telemetry --reset anthropic/claude-sonnet-5-5", "send to a model again at once"],
    ["rolecall telemetry --csv > attempts.csv", "take the attempts elsewhere"],
  ],
  run(args, io) {
    const now = io.now();
    const period = periodFrom(args, io);
    const { since = 0, until } = period;
    const reset = args.reset === undefined ? {} : { reset: args.reset === "" ? {} : { key: args.reset } };
    const db = args.db === undefined ? {} : { db: args.db };
    const report = readTelemetry(
      { since, ...(until !== undefined && { until }), now, prices: args.prices, ...reset, ...db },
      io.env,
    );
    if (args.csv) io.out(renderAttemptsCsv(report));
    else if (args.json)
      io.out(
        renderAnswer("telemetry", {
          period: periodJson(period),
          ...telemetryJson(report, args.attempts),
        }),
      );
    else io.out(renderTelemetry(report, period, now, surfaceOf(args, io)));
    return EXIT.ok;
  },
});
