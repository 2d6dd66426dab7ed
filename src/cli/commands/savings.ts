import { readSavings } from "../../operations/savings.ts";
import { renderSavings, renderSavingsCsv, savingsJson } from "../../render/savings.ts";
import { defineCommand } from "../command.ts";
import { LAST_DAYS, RECENT_OPTIONS, explained } from "../explained.ts";
import { filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: {
    ...RECENT_OPTIONS,
    "hourly-rate": {
      type: "number",
      requiresArg: true,
      describe: "Value an hour of your time, in dollars",
      group: "Filter:",
    },
    hours: {
      type: "number",
      default: 1,
      requiresArg: true,
      describe: "Count the hours spent on routing so far",
      group: "Filter:",
    },
  },
  examples: [
    ["rolecall savings", "Compare the last 30 days with always-Opus and other rules"],
    ["rolecall savings --hourly-rate 90 --hours 2", "Show when the time spent on routing pays off"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io, LAST_DAYS);
    return runReport(
      "savings",
      args,
      io,
      (history) => {
        const report = readSavings(history, period, filtersFrom(args), {
          hoursSpent: args.hours,
          ...(args["hourly-rate"] !== undefined && { hourlyRate: args["hourly-rate"] }),
        });
        return {
          period,
          json: () => savingsJson(report),
          csv: () => renderSavingsCsv(report),
          table: (surface) =>
            renderSavings(report, surface) + explained(args, "savings", report.tasks, surface),
        };
      },
      { tasksOf: period },
    );
  },
});
