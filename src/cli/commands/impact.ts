import { readChangeImpacts } from "../../operations/change-impact.ts";
import { planReversals } from "../../operations/follow-change.ts";
import { readImpact } from "../../operations/impact.ts";
import { changeImpactJson, renderChangeImpact } from "../../render/change-plan.ts";
import { endedJson, impactJson, renderEnded, renderImpact, renderImpactCsv } from "../../render/impact.ts";
import { defineCommand } from "../command.ts";
import { endDueTrials, keepTrials, revertAdvice } from "../follow.ts";
import { revertChangesAfterAsking } from "../follow-changes.ts";
import { OUTPUT_OPTIONS, periodFrom, PLACE_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

const IDS = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    ...SOURCE_OPTIONS,
    ...OUTPUT_OPTIONS,
    ...PLACE_OPTIONS,
    keep: { ...IDS, describe: "End these trials now, and keep the change" },
    revert: { ...IDS, describe: "Revert everything that this advice changed" },
    "take-back": { ...IDS, hidden: true },
  },
  examples: [["rolecall impact", "Compare all applied advice with its forecast"]],
  run: (args, io) =>
    runReport("impact", args, io, async (history) => {
      const period = periodFrom({ all: true }, io);
      const revert = args.revert ?? args["take-back"];
      if (args.keep) return { period, ...keepTrials(history, args.keep, io) };
      const reversals = planReversals(history, revert ?? []);
      const routing = revert?.filter((id) => !reversals.some(({ decision }) => decision.id === id)) ?? [];
      const changed =
        reversals.length > 0 ? await revertChangesAfterAsking(history, reversals, args, io) : undefined;
      if (changed && routing.length === 0) return { period, ...changed };
      if (routing.length > 0) return { period, ...(await revertAdvice(history, routing, args, io)) };
      const ended = await endDueTrials(history, args, io);
      const report = readImpact(history, io.now());
      const changes = readChangeImpacts(history, io.now());
      return {
        period,
        json: () => ({
          ...impactJson(report),
          changes: changes.map(changeImpactJson),
          endedTrials: endedJson(ended),
        }),
        csv: () => renderImpactCsv(report),
        table: (surface) => {
          const measured = changes.map((one) => renderChangeImpact(one, surface)).join("\n\n");
          const hasOthers = report.impacts.length > 0 || report.reverted.length > 0;
          const routes = measured === "" || hasOthers ? renderImpact(report, surface) : "";
          const between = measured === "" ? "" : `${measured}\n${hasOthers ? "\n" : ""}`;
          return renderEnded(ended, surface) + between + routes;
        },
      };
    }),
});
