import { readTelemetry } from "../../operations/telemetry.ts";
import { renderAnswer } from "../../render/json.ts";
import { renderAttemptsCsv, renderTelemetry, telemetryJson } from "../../render/telemetry.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { PERIOD_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { periodJson, surfaceOf } from "../report.ts";

export default defineCommand({
  options: {
    ...PERIOD_OPTIONS,
    reset: { type: "string", describe: "Close breakers first: all, or one by its key" },
    attempts: { type: "boolean", default: false, describe: "List every attempt (with --json)" },
    db: SOURCE_OPTIONS.db,
    prices: SOURCE_OPTIONS.prices,
    json: { type: "boolean", default: false, describe: "Print JSON" },
    csv: { type: "boolean", default: false, describe: "Print every attempt as a row of CSV" },
    color: { type: "boolean", describe: "Use colors (default: on terminals, unless NO_COLOR is set)" },
  },
  examples: [
    ["rolecall telemetry --days 7", "Show the last week"],
    ["rolecall telemetry --reset anthropic/claude-sonnet-5-5", "Send to a model again at once"],
    ["rolecall telemetry --csv > attempts.csv", "Export the attempts"],
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
    else io.out(wrapWide(renderTelemetry(report, period, now, surfaceOf(args, io)), io.columns));
    return EXIT.ok;
  },
});
