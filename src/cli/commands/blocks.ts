import { readBlocks } from "../../operations/blocks.ts";
import { blocksJson, renderBlocks, renderBlocksCsv } from "../../render/blocks.ts";
import { defineCommand } from "../command.ts";
import { BRANCH_OPTION, filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { runReport, spendNeeds } from "../report.ts";

/** What `--recent` goes back, with today counted in. */
const RECENT_DAYS = 3;

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    branch: BRANCH_OPTION,
    active: { type: "boolean", default: false, describe: "Show only the current window" },
    recent: { type: "boolean", default: false, describe: `Show the last ${RECENT_DAYS} days` },
  },
  examples: [
    ["rolecall blocks --recent", "Show recent windows with their burn rates"],
    ["rolecall blocks --active --json", "Print the current window for a script"],
  ],
  run: (args, io) =>
    runReport(
      "blocks",
      args,
      io,
      (history) => {
        const period = periodFrom(args, io, args.recent ? RECENT_DAYS : undefined);
        const filters = filtersFrom(args);
        const all = readBlocks(history, period, filters, io.now());
        const blocks = args.active ? all.filter(({ active }) => active) : all;
        return {
          period,
          filters,
          json: () => blocksJson(blocks),
          csv: () => renderBlocksCsv(blocks),
          table: (surface) => renderBlocks(blocks, period.timezone, surface),
        };
      },
      { needs: spendNeeds(args) },
    ),
});
