import { expectOneOf } from "../../domain/nearest.ts";
import { UsageError } from "../../errors.ts";
import type { IngestNeeds } from "../../history/ingest.ts";
import type { Period } from "../../domain/period.ts";
import type { Filters } from "../../history/filters.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import {
  CONTENT_KEYS,
  type ContentKey,
  SPEND_KEYS,
  SPEND_RULES,
  type SpendFinders,
  type SpendKey,
} from "../../operations/spend-keys.ts";
import { orderSpend, readSpend, SPEND_ORDERS, type SpendReport } from "../../operations/spend.ts";
import type { BesideSpend } from "../../render/spend-beside.ts";
import { renderSpend, renderSpendCsv, spendJson } from "../../render/spend.ts";
import type { Surface } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import {
  BRANCH_OPTION,
  filtersFrom,
  periodFrom,
  LIMIT_OPTION,
  REPORT_OPTIONS,
  TABLE_OPTIONS,
} from "../options.ts";
import { runReport, spendNeeds } from "../report.ts";

const ALL_KEYS = [...SPEND_KEYS, ...CONTENT_KEYS];

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    branch: BRANCH_OPTION,
    ...TABLE_OPTIONS,
    limit: LIMIT_OPTION,
    sort: {
      type: "string",
      requiresArg: true,
      describe: `Sort by: ${SPEND_ORDERS.join(", ")}, or a field of --by`,
    },
    by: {
      type: "string",
      requiresArg: true,
      describe: `Break down by (default: model): ${ALL_KEYS.join(", ")}`,
    },
    breakdown: {
      type: "boolean",
      default: false,
      describe: "Show the models of each row below it; alone: of each day",
      group: "Output:",
    },
    chart: {
      type: "boolean",
      default: false,
      describe: "Draw bars instead of the table (terminals only)",
      group: "Output:",
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
    ["rolecall spend --breakdown", "Show days with their models below them"],
    ["rolecall spend --by command", "Show shell commands by what their output costs"],
    ["rolecall spend --by day --chart", "Draw the cost of each day as a bar"],
    ["rolecall spend --by branch", "Show branches with sessions, days and outcomes"],
    ["rolecall spend --reconcile", "Compare with Claude Code's own count"],
    ["rolecall spend --by model --json | jq .total.costUsd", "Print one number for a script"],
  ],
  run: (given, io) => {
    const args = { ...given, by: given.by ?? (given.breakdown ? "day" : "model") };
    return runReport(
      "spend",
      args,
      io,
      async (history) => {
        const period = periodFrom(args, io);
        const filters = filtersFrom(args);
        const content = contentKeyFrom(args);
        if (content) return (await import("../spend-content.ts")).reportContent(history, content, args, io);
        const by = keysFrom(args.by);
        const finders = await loadFinders(by, history, period);
        const read = args.breakdown ? await loadBreakdown(by, args) : readSpend;
        const report = orderSpend(read(history, by, period, filters, finders), by, args);
        const beside = await loadBeside(by, history, { report, period, filters });
        const audit = args.reconcile ? await loadAudit(history, period, args.project) : undefined;
        return {
          period,
          filters,
          json: () => ({ ...spendJson(report, beside), ...audit?.json() }),
          csv: () => audit?.csv() ?? renderSpendCsv(report, by),
          table: (surface) =>
            renderSpend(report, by, surface, { beside, chart: args.chart }) +
            (audit ? `\n${audit.table(surface)}` : ""),
        };
      },
      { needs: needsOf(args) },
    );
  },
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
    ...(by.includes("title") && {
      titleOf: (await import("../../history/session-titles.ts")).titleFinder(history.store),
    }),
    ...(hasPlaces && { repositoryOf: (await import("../../history/repositories.ts")).repositoryFinder() }),
  };
}

/** A breakdown by branch alone shows the activity there, and one by session alone titles and projects. */
async function loadBeside(
  by: readonly SpendKey[],
  history: OpenedHistory,
  { report, period, filters }: { report: SpendReport; period: Period; filters: Filters },
): Promise<BesideSpend | undefined> {
  if (by.length > 1 || (by[0] !== "branch" && by[0] !== "session")) return undefined;
  const { besideBranches, besideSessions } = await import("../../render/spend-beside.ts");
  if (by[0] === "branch") {
    const { readBranchFacts } = await import("../../operations/branches.ts");
    return besideBranches(readBranchFacts(history, period, filters));
  }
  const { readSessionFacts } = await import("../../operations/session-facts.ts");
  const shown = new Set(report.rows.flatMap(({ key }) => key.session ?? []));
  return besideSessions(readSessionFacts(history, period, filters, shown));
}

interface Switches {
  breakdown: boolean;
  chart: boolean;
  reconcile: boolean;
}

async function loadBreakdown(by: readonly SpendKey[], { chart, reconcile }: Switches) {
  const other = chart
    ? "--chart"
    : reconcile
      ? "--reconcile"
      : by.includes("model")
        ? "--by model"
        : undefined;
  if (other !== undefined)
    throw new UsageError(`--breakdown: cannot be combined with ${other}`, {
      hint: "Try rolecall spend --by day --breakdown.",
    });
  return (await import("../../operations/spend-breakdown.ts")).readBreakdown;
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

/** Returns the key that divides requests by their content, if that is asked for. Throws UsageError for what does not go with it. */
function contentKeyFrom(args: { by: string; role?: string | undefined } & Switches): ContentKey | undefined {
  const words = args.by.split(",").map((word) => word.trim());
  const key = CONTENT_KEYS.find((known) => words.includes(known));
  if (!key) return undefined;
  const others = ["breakdown", "chart", "reconcile"] as const;
  const other = words.length > 1 ? "other fields" : args.role ? "--role" : others.find((name) => args[name]);
  if (other === undefined) return key;
  throw new UsageError(`--by ${key}: cannot be combined with ${other.replace(/^(?=\w+$)/, "--")}`, {
    hint: `Try rolecall spend --by ${key}.`,
  });
}

function keysFrom(text: string): SpendKey[] {
  const words = new Set(text.split(",").map((word) => word.trim()));
  return [...words].map((word) => {
    const key = SPEND_KEYS.find((known) => known === word);
    if (!key) throw new UsageError(`--by: unknown field "${word}"`, { hint: expectOneOf(word, ALL_KEYS) });
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
  if (CONTENT_KEYS.some((key) => by.includes(key))) return "agents";
  if (by.trim() === "branch") return "tasks"; // how its tasks ended
  if (by.includes("category") || by.includes("complexity") || reconcile) return "tasks"; // compactions and refusals leave events, but no request
  return by.includes("agent") || by.includes("role") ? "agents" : spendNeeds({ agent, role });
}
