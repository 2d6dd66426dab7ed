import { pickFollowed, readImpact } from "../../operations/impact.ts";
import { readChangeImpacts } from "../../operations/change-impact.ts";
import { planReversals } from "../../operations/follow-change.ts";
import { changeImpactJson, renderChangeImpact } from "../../render/change-plan.ts";
import { impactJson, renderImpact, renderImpactCsv } from "../../render/impact.ts";
import { defineCommand } from "../command.ts";
import { followAdviceAfterAsking, PLACE_OPTIONS } from "../follow.ts";
import { revertChangesAfterAsking } from "../follow-changes.ts";
import { OUTPUT_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

const IDS = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    ...SOURCE_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...PLACE_OPTIONS,
    keep: { ...IDS, describe: "end these trials, and keep what they tried" },
    "take-back": { ...IDS, describe: "put these roles back on what they ran on before" },
  },
  examples: [["rolecall impact", "forecast against measured, for all advice that was applied"]],
  run: (args, io) =>
    runReport("impact", args, io, async (history) => {
      const period = periodFrom({}, io);
      const back = args["take-back"];
      const ids = args.keep ?? back;
      const reversals = planReversals(history, back ?? []);
      if (reversals.length > 0)
        return { period, ...(await revertChangesAfterAsking(history, reversals, args, io)) };
      if (ids) {
        const picked = pickFollowed(history, ids).map(({ recommendation }) => recommendation);
        const step = args.keep ? "kept" : "taken-back";
        return { period, ...(await followAdviceAfterAsking(history, picked, step, args, io)) };
      }
      const report = readImpact(history, io.now());
      const changes = readChangeImpacts(history, io.now());
      return {
        period,
        json: () => ({ ...impactJson(report), changes: changes.map(changeImpactJson) }),
        csv: () => renderImpactCsv(report),
        table: (surface) => {
          const measured = changes.map((one) => renderChangeImpact(one, surface)).join("\n\n");
          const hasOthers = report.impacts.length > 0 || report.takenBack.length > 0;
          if (measured === "") return renderImpact(report, surface);
          return hasOthers ? `${measured}\n\n${renderImpact(report, surface)}` : `${measured}\n`;
        },
      };
    }),
});
