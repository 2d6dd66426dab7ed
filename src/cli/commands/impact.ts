import { readImpact } from "../../operations/impact.ts";
import { endedJson, impactJson, renderEnded, renderImpact, renderImpactCsv } from "../../render/impact.ts";
import { defineCommand } from "../command.ts";
import { endDueTrials, keepTrials, PLACE_OPTIONS, revertAdvice } from "../follow.ts";
import { OUTPUT_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

const IDS = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    ...SOURCE_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...PLACE_OPTIONS,
    keep: { ...IDS, describe: "end these trials now, and keep what they tried" },
    revert: { ...IDS, describe: "put back everything that this advice changed" },
    "take-back": { ...IDS, hidden: true },
  },
  examples: [["rolecall impact", "forecast against measured, for all advice that was applied"]],
  run: (args, io) =>
    runReport("impact", args, io, async (history) => {
      const period = periodFrom({}, io);
      const revert = args.revert ?? args["take-back"];
      if (args.keep) return { period, ...keepTrials(history, args.keep, io) };
      if (revert) return { period, ...(await revertAdvice(history, revert, args, io)) };
      const ended = await endDueTrials(history, args, io);
      const report = readImpact(history, io.now());
      return {
        period,
        json: () => ({ ...impactJson(report), endedTrials: endedJson(ended) }),
        csv: () => renderImpactCsv(report),
        table: (surface) => renderEnded(ended, surface) + renderImpact(report, surface),
      };
    }),
});
