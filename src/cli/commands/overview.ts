import { readOverview } from "../../operations/overview.ts";
import { overviewJson, renderOverview } from "../../render/overview.ts";
import { renderSpendCsv } from "../../render/spend.ts";
import { defineCommand } from "../command.ts";
import { LAST_DAYS, LAST_DAYS_OPTIONS } from "../explained.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...LAST_DAYS_OPTIONS, evidence: EVIDENCE_OPTION },
  run: (args, io) => {
    const period = periodFrom(args, io, LAST_DAYS);
    return runReport(
      "overview",
      args,
      io,
      (history) => {
        const overview = readOverview(history, period, filtersFrom(args), io.now());
        return {
          period,
          json: () => overviewJson(overview),
          csv: () => renderSpendCsv(overview.byModel, ["model"]),
          table: (surface) => renderOverview(overview, period, surface),
        };
      },
      { tasksOf: period, advises: true },
    );
  },
});
