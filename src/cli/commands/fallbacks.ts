import { readFallbacks } from "../../operations/fallbacks.ts";
import { fallbacksJson, renderFallbacks, renderFallbacksCsv } from "../../render/fallbacks.ts";
import { defineCommand } from "../command.ts";
import { EXPLAINED_OPTIONS, loadExplained } from "../explained.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...EXPLAINED_OPTIONS, evidence: EVIDENCE_OPTION },
  examples: [
    ["rolecall fallbacks --days 7", "Show how often Sonnet was not enough this week"],
    ["rolecall fallbacks --explain", "Explain each number, with the tasks behind it"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "fallbacks",
      args,
      io,
      async (history) => {
        const explained = await loadExplained(args, "fallbacks");
        const report = readFallbacks(history, period, filters);
        return {
          period,
          filters,
          json: () => fallbacksJson(report),
          csv: () => renderFallbacksCsv(report),
          table: (surface) => renderFallbacks(report, surface) + explained(() => report.tasks, surface),
        };
      },
      { tasksOf: period },
    );
  },
});
