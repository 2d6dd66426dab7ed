import { UsageError } from "../../errors.ts";
import { listSessions, SESSION_ORDERS } from "../../operations/sessions.ts";
import { renderSessions, renderSessionsCsv, sessionsJson } from "../../render/sessions.ts";
import { defineCommand } from "../command.ts";
import { BRANCH_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS, TABLE_OPTIONS } from "../options.ts";
import { runReport, spendNeeds } from "../report.ts";

/** Rows of the table where nobody says how many; JSON and CSV then have all. */
const SCREEN = 20;

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    branch: BRANCH_OPTION,
    limit: {
      type: "number",
      requiresArg: true,
      describe: `Show this many (default: ${SCREEN} in the table)`,
    },
    ...TABLE_OPTIONS,
    sort: { choices: SESSION_ORDERS, default: "newest", describe: "Choose the order" },
  },
  examples: [
    ["rolecall session --since 7d", "Show the sessions of the last week"],
    ["rolecall session --sort cost --limit 5", "Show the five most expensive sessions"],
  ],
  run: (args, io) =>
    runReport(
      "sessions",
      args,
      io,
      (history) => {
        const period = periodFrom(args, io);
        const limit = limitFrom(args.limit) ?? (args.json || args.csv ? undefined : SCREEN);
        const filters = filtersFrom(args);
        const list = listSessions(history, period, filters, {
          order: args.sort,
          reverse: args.reverse,
          limit,
        });
        return {
          period,
          filters,
          json: () => sessionsJson(list),
          csv: () => renderSessionsCsv(list),
          table: (surface) => renderSessions(list, period.timezone, surface),
        };
      },
      { needs: spendNeeds(args) },
    ),
});

function limitFrom(limit: number | undefined): number | undefined {
  if (limit === undefined || (Number.isSafeInteger(limit) && limit > 0)) return limit;
  throw new UsageError(`--limit: invalid number of sessions "${limit}"`, {
    hint: "Expected a whole number from 1.",
  });
}
