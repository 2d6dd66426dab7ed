import { readPatterns } from "../../operations/patterns.ts";
import { patternsJson, renderPatterns, renderPatternsCsv } from "../../render/patterns.ts";
import { defineCommand } from "../command.ts";
import { LAST_DAYS, RECENT_OPTIONS } from "../explained.ts";
import { filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: RECENT_OPTIONS,
  examples: [["rolecall patterns --days 90", "Find habits of the last quarter that wasted money"]],
  run: (args, io) => {
    const period = periodFrom(args, io, LAST_DAYS);
    return runReport(
      "patterns",
      args,
      io,
      (history) => {
        const findings = readPatterns(history, period, filtersFrom(args));
        return {
          period,
          json: () => patternsJson(findings),
          csv: () => renderPatternsCsv(findings),
          table: (surface) => renderPatterns(findings, surface, args.explain),
        };
      },
      { tasksOf: period },
    );
  },
});
