import { readPatterns, readPlaceTitles } from "../../operations/patterns.ts";
import { patternsJson, renderPatterns, renderPatternsCsv, shownPlaces } from "../../render/patterns.ts";
import { defineCommand } from "../command.ts";
import { EXPLAINED_OPTIONS } from "../explained.ts";
import { filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: EXPLAINED_OPTIONS,
  examples: [["rolecall patterns --days 90", "Find habits of the last quarter that wasted money"]],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "patterns",
      args,
      io,
      (history) => {
        const findings = readPatterns(history, period, filters);
        return {
          period,
          filters,
          json: () => patternsJson(findings),
          csv: () => renderPatternsCsv(findings),
          table: (surface) => {
            const { explain: everyPlace } = args;
            const places = findings.flatMap((finding) => shownPlaces(finding, everyPlace));
            const titles = readPlaceTitles(history, period, filters, places);
            return renderPatterns(findings, surface, { everyPlace, titles });
          },
        };
      },
      { tasksOf: period },
    );
  },
});
