import { expectOneOf } from "../../domain/nearest.ts";
import { UsageError } from "../../errors.ts";
import { readRoles, readRoleTasks, ROLE_GROUPINGS, type RoleGrouping } from "../../operations/roles.ts";
import { renderRoles, renderRolesCsv, rolesJson } from "../../render/roles.ts";
import { defineCommand } from "../command.ts";
import { EXPLAINED_OPTIONS, loadExplained } from "../explained.ts";
import { EVIDENCE_OPTION, filtersFrom, periodFrom } from "../options.ts";
import { runReport } from "../report.ts";
import { agentReport } from "./agents.ts";

export default defineCommand({
  options: {
    ...EXPLAINED_OPTIONS,
    evidence: EVIDENCE_OPTION,
    by: {
      type: "string",
      default: "role,category",
      requiresArg: true,
      describe: `Group by: ${ROLE_GROUPINGS.join(", ")}`,
    },
    agents: {
      type: "boolean",
      default: false,
      describe: "Show declared and served models of each agent type",
    },
  },
  examples: [
    ["rolecall roles", "Show which model each role needs"],
    ["rolecall roles --by complexity", "Show the same by how hard the work is"],
    ["rolecall roles --agents", "Show agents that ran on another model"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    const by = groupingsFrom(args.by);
    return runReport(
      "roles",
      args,
      io,
      async (history) => {
        if (args.agents) return agentReport(history, period, filters, args);
        const explained = await loadExplained(args, "roles");
        const report = readRoles(history, period, io.now(), filters, by);
        return {
          period,
          filters,
          json: () => rolesJson(report, by),
          csv: () => renderRolesCsv(report, by),
          table: (surface) =>
            renderRoles(report, by, surface) +
            explained(() => readRoleTasks(history, period, io.now(), filters), surface),
        };
      },
      { tasksOf: period },
    );
  },
});

function groupingsFrom(text: string): RoleGrouping[] {
  const words = new Set(text.split(",").map((word) => word.trim()));
  return [...words].map((word) => {
    const found = ROLE_GROUPINGS.find((known) => known === word);
    if (found) return found;
    throw new UsageError(`--by: unknown field "${word}"`, { hint: expectOneOf(word, ROLE_GROUPINGS) });
  });
}
