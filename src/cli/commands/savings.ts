import { readSavings } from "../../operations/savings.ts";
import { renderSavings, renderSavingsCsv, savingsJson } from "../../render/savings.ts";
import { defineCommand } from "../command.ts";
import { EXPLAINED_OPTIONS, explained } from "../explained.ts";
import { filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: {
    ...EXPLAINED_OPTIONS,
    "hourly-rate": {
      type: "number",
      requiresArg: true,
      describe: "dollars an hour of your time is worth",
      group: "Filter:",
    },
    hours: {
      type: "number",
      default: 1,
      requiresArg: true,
      describe: "hours spent on routing so far",
      group: "Filter:",
    },
  },
  examples: [
    ["rolecall savings", "the last 30 days against always-Opus and other rules"],
    ["rolecall savings --hourly-rate 90 --hours 2", "when the time spent on it is earned back"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "savings",
      args,
      io,
      (history) => {
        const report = readSavings(history, period, filters, {
          hoursSpent: args.hours,
          ...(args["hourly-rate"] !== undefined && { hourlyRate: args["hourly-rate"] }),
        });
        return {
          period,
          filters,
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
