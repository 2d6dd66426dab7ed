import { BLOCK_ORDERS, readBlocks } from "../../operations/blocks.ts";
import { orderRows } from "../../operations/order.ts";
import { blocksJson, renderBlocks, renderBlocksCsv } from "../../render/blocks.ts";
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

/** Number of days that `--recent` covers, today included. */
const RECENT_DAYS = 3;

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    branch: BRANCH_OPTION,
    ...TABLE_OPTIONS,
    limit: LIMIT_OPTION,
    sort: {
      choices: Object.keys(BLOCK_ORDERS),
      default: "oldest",
      describe: "Choose the order",
    },
    live: { type: "boolean", default: false, describe: "Same as --active; rolecall watch keeps looking" },
    active: { type: "boolean", default: false, describe: "Show only the current window" },
    recent: { type: "boolean", default: false, describe: `Show the last ${RECENT_DAYS} days` },
  },
  examples: [
    ["rolecall limits --windows --recent", "Show recent windows with their burn rates"],
    ["rolecall limits --windows --active --json", "Print the current window for a script"],
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
        const found = args.active || args.live ? all.filter(({ active }) => active) : all;
        const blocks = orderRows(found, BLOCK_ORDERS, args);
        return {
          period,
          filters,
          json: () => blocksJson(blocks),
          csv: () => renderBlocksCsv(blocks),
          table: (surface) =>
            all.length > 0 && found.length === 0
              ? "No five-hour window is active now.\n"
              : renderBlocks(blocks, found, period.timezone, surface),
        };
      },
      { needs: spendNeeds(args) },
    ),
});
