import { readSavings } from "../../operations/savings.ts";
import { renderSavings, renderSavingsCsv, savingsJson } from "../../render/savings.ts";
import { readWhatIf } from "../../operations/what-if.ts";
import { renderWhatIf, renderWhatIfCsv, whatIfJson } from "../../render/what-if.ts";
import { defineCommand } from "../command.ts";
import { EXPLAINED_OPTIONS, loadExplained } from "../explained.ts";
import { filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: {
    ...EXPLAINED_OPTIONS,
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
    "what-if": {
      type: "array",
      string: true,
      requiresArg: true,
      describe: "Price another policy: ROLE=MODEL or a file (repeatable)",
      group: "What if:",
    },
    policy: {
      type: "string",
      requiresArg: true,
      describe: "Price the policy in a file",
      group: "What if:",
    },
    "all-opus": {
      type: "boolean",
      default: false,
      describe: "Price every request on Opus",
      group: "What if:",
    },
  },
  examples: [
    ["rolecall savings", "Compare the last 30 days with always-Opus and other rules"],
    ["rolecall savings --what-if reviewer=haiku", "Price your history with one role on Haiku"],
    ["rolecall savings --policy rolecall.yaml", "Price your history under a policy"],
    ["rolecall savings --hourly-rate 90 --hours 2", "Show when the time spent on routing pays off"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "savings",
      args,
      io,
      async (history) => {
        const { "what-if": changes = [], policy: policyFile, "all-opus": allOpus } = args;
        if (changes.length > 0 || policyFile !== undefined || allOpus) {
          const request = { changes, policyFile, allOpus };
          const whatIf = readWhatIf(history, period, filters, request);
          return {
            period,
            filters,
            json: () => ({ whatIf: whatIfJson(whatIf) }),
            csv: () => renderWhatIfCsv(whatIf),
            table: (surface) => renderWhatIf(whatIf, surface),
          };
        }
        const explained = await loadExplained(args, "savings");
        const report = readSavings(history, period, filters, {
          hoursSpent: args.hours,
          ...(args["hourly-rate"] !== undefined && { hourlyRate: args["hourly-rate"] }),
        });
        return {
          period,
          filters,
          json: () => savingsJson(report),
          csv: () => renderSavingsCsv(report),
          table: (surface) => renderSavings(report, surface) + explained(() => report.tasks, surface),
        };
      },
      { tasksOf: period },
    );
  },
});
