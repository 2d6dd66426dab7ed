import type { Period } from "../../domain/period.ts";
import type { Filters } from "../../history/filters.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import { readAgentReport } from "../../operations/agents.ts";
import { agentsJson, renderAgents, renderAgentsCsv } from "../../render/agents.ts";
import { defineCommand } from "../command.ts";
import { EXPLAIN_OPTION, loadExplained } from "../explained.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { type Report, runReport } from "../report.ts";

export default defineCommand({
  options: { ...REPORT_OPTIONS, evidence: EVIDENCE_OPTION, explain: EXPLAIN_OPTION },
  examples: [["rolecall roles --agents --since 7d", "Show the agents of the last week"]],
  run: (args, io) =>
    runReport("agents", args, io, (history) => {
      return agentReport(history, periodFrom(args, io), filtersFrom(args), args);
    }),
});

/** Makes the report on agents, also for `roles --agents`. */
export async function agentReport(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  args: { explain?: boolean | undefined },
): Promise<Report> {
  const explained = await loadExplained(args, "agents");
  const { rows, runs } = await readAgentReport(history, period, filters);
  return {
    period,
    filters,
    json: () => agentsJson(rows),
    csv: () => renderAgentsCsv(rows),
    table: (surface) => renderAgents(rows, surface) + explained(() => runs, surface),
  };
}
