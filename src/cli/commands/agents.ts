import { readAgentReport } from "../../operations/agents.ts";
import { agentsJson, renderAgents, renderAgentsCsv } from "../../render/agents.ts";
import { defineCommand } from "../command.ts";
import { EXPLAIN_OPTION, explained } from "../explained.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...REPORT_OPTIONS, evidence: EVIDENCE_OPTION, explain: EXPLAIN_OPTION },
  examples: [["rolecall agents --since 7d", "Show the agents of the last week"]],
  run: (args, io) =>
    runReport("agents", args, io, async (history) => {
      const period = periodFrom(args, io);
      const filters = filtersFrom(args);
      const { rows, runs } = await readAgentReport(history, period, filters);
      return {
        period,
        filters,
        json: () => agentsJson(rows),
        csv: () => renderAgentsCsv(rows),
        table: (surface) => renderAgents(rows, surface) + explained(args, "agents", runs, surface),
      };
    }),
});
