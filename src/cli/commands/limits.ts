import { UsageError } from "../../errors.ts";
import { readLimits } from "../../operations/limits.ts";
import { limitsJson, renderLimits } from "../../render/limits.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { OUTPUT_OPTIONS, PERIOD_OPTIONS, periodFrom, SOURCE_OPTIONS, timezoneFrom } from "../options.ts";
import { runReport } from "../report.ts";

const { csv: _csv, ...OUTPUT } = OUTPUT_OPTIONS;

export default defineCommand({
  options: {
    above: {
      type: "number",
      requiresArg: true,
      describe: "Exit with 1 if more than this percentage of a limit is used",
    },
    windows: { type: "boolean", describe: "List the five-hour windows (options: --windows --help)" },
    ...SOURCE_OPTIONS,
    timezone: PERIOD_OPTIONS.timezone,
    ...OUTPUT,
  },
  examples: [
    ["rolecall limits", "Show how much of the five hours and of the week is used"],
    ["rolecall limits --windows", "Show the five-hour windows of the last 30 days"],
    ["rolecall limits --above 80 --quiet || echo slow down", "Warn in a script"],
  ],
  run: (args, io) => {
    const { above } = args;
    if (above !== undefined && !(above >= 0))
      throw new UsageError(`--above: invalid percentage "${above}"`, {
        hint: "Expected a number from 0, such as 80.",
      });
    return runReport(
      "limits",
      args,
      io,
      (history) => {
        const report = readLimits(history, { timezone: timezoneFrom(args, io), now: io.now(), above });
        return {
          period: periodFrom({ all: true, timezone: args.timezone }, io),
          json: () => limitsJson(report, above),
          table: (surface) => renderLimits(report, surface),
          exit: report.exceeded ? EXIT.no : EXIT.ok,
        };
      },
      { needs: "spend" },
    );
  },
});
