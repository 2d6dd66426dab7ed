import { readOverview } from "../../operations/overview.ts";
import { overviewJson, renderOverview } from "../../render/overview.ts";
import { renderSpendCsv } from "../../render/spend.ts";
import { defineCommand } from "../command.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...REPORT_OPTIONS, evidence: EVIDENCE_OPTION },
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "overview",
      args,
      io,
      async (history) => {
        const overview = await readOverview(history, period, filters, io.now());
        return {
          period,
          filters,
          json: () => overviewJson(overview),
          csv: () => renderSpendCsv(overview.byModel, ["model"]),
          table: (surface) => renderOverview(overview, surface),
        };
      },
      { tasksOf: period, advises: true },
    );
  },
});
