import { UsageError } from "../../errors.ts";
import type { IngestNeeds } from "../../history/ingest.ts";
import type { Period } from "../../domain/period.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import { SPEND_KEYS, SPEND_RULES, type SpendFinders, type SpendKey } from "../../operations/spend-keys.ts";
import { readSpend } from "../../operations/spend.ts";
import { renderSpend, renderSpendCsv, spendJson } from "../../render/spend.ts";
import type { Surface } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { BRANCH_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { runReport, spendNeeds } from "../report.ts";

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    branch: BRANCH_OPTION,
    by: {
      type: "string",
      default: "model",
      requiresArg: true,
      describe: `Break down by: ${SPEND_KEYS.join(", ")}`,
    },
    reconcile: {
      type: "boolean",
      default: false,
      describe: "Compare with Claude Code's own count, session by session",
    },
  },
  examples: [
    ["rolecall spend --by day,model --since 7d", "Show the last week, day by day"],
    ["rolecall spend --by agent --project '*shop*'", "Show what each agent type cost in one project"],
    ["rolecall spend --reconcile", "Compare with Claude Code's own count"],
    ["rolecall spend --by model --json | jq .total.costUsd", "Print one number for a script"],
  ],
  run: (args, io) =>
    runReport(
      "spend",
      args,
      io,
      async (history) => {
        const period = periodFrom(args, io);
        const filters = filtersFrom(args);
        const by = keysFrom(args.by);
        const report = readSpend(history, by, period, filters, await loadFinders(by, history, period));
        const audit = args.reconcile ? await loadAudit(history, period, args.project) : undefined;
        return {
          period,
          filters,
          json: () => ({ ...spendJson(report), ...audit?.json() }),
          csv: () => audit?.csv() ?? renderSpendCsv(report, by),
          table: (surface) => renderSpend(report, by, surface) + (audit ? `\n${audit.table(surface)}` : ""),
        };
      },
      { needs: needsOf(args) },
    ),
});

// Few ask for these, and what they need takes a while to load.

async function loadFinders(
  by: readonly SpendKey[],
  history: OpenedHistory,
  period: Period,
): Promise<SpendFinders> {
  const hasPlaces = by.includes("project") || by.includes("repository");
  return {
    ...(by.some((key) => SPEND_RULES[key].ofTasks) && {
      categoriesOf: (await import("../../history/spend-categories.ts")).categoriesFinder(history, period),
    }),
    ...(hasPlaces && { repositoryOf: (await import("../../history/repositories.ts")).repositoryFinder() }),
  };
}

async function loadAudit(history: OpenedHistory, period: Period, project: string | undefined) {
  const [{ readReconciliation }, { reconciliationJson, renderReconciliation, renderReconciliationCsv }] =
    await Promise.all([import("../../operations/reconcile.ts"), import("../../render/reconcile.ts")]);
  const audit = readReconciliation(history, period, project);
  return {
    json: () => ({ reconciliation: reconciliationJson(audit) }),
    csv: () => renderReconciliationCsv(audit),
    table: (surface: Surface) => renderReconciliation(audit, surface),
  };
}

function keysFrom(text: string): SpendKey[] {
  return text.split(",").map((word) => {
    const key = SPEND_KEYS.find((known) => known === word.trim());
    if (!key)
      throw new UsageError(`--by: unknown field "${word}"`, {
        hint: `Expected one of ${SPEND_KEYS.join(", ")}.`,
      });
    return key;
  });
}

function needsOf(args: {
  by: string;
  agent?: string | undefined;
  role?: string | undefined;
  reconcile?: boolean | undefined;
}): IngestNeeds {
  const { by, agent, role, reconcile } = args;
  if (by.includes("category") || by.includes("complexity") || reconcile) return "tasks"; // compactions and refusals leave events, but no request
  return by.includes("agent") || by.includes("role") ? "agents" : spendNeeds({ agent, role });
}
