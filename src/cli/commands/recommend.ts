import { dismiss, pickRecommendations, readAdvice } from "../../operations/recommend.ts";
import { recommendationFields, recommendJson, renderRecommendCsv } from "../../render/recommend-fields.ts";
import { endedJson, renderEnded } from "../../render/impact.ts";
import { renderRecommend, renderWhy } from "../../render/recommend.ts";
import { defineCommand } from "../command.ts";
import { applyAdvice, endDueTrials, PLACE_OPTIONS } from "../follow.ts";
import { filtersFrom, periodFrom, REPORT_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

const IDS = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    ...PLACE_OPTIONS,
    days: { type: "number", requiresArg: true, describe: "the last N days (default: 30)" },
    why: { type: "string", requiresArg: true, describe: "what one recommendation rests on, with its tasks" },
    apply: { ...IDS, describe: "apply these IDs (all-act: every high-confidence one)" },
    dismiss: { ...IDS, describe: "do not show these again until the evidence changes" },
  },
  examples: [
    ["rolecall recommend", "what to change, best first"],
    ["rolecall recommend --apply ID", "show every key that changes, ask, and write"],
    ["rolecall undo", "revert that"],
  ],
  run: (args, io) =>
    runReport("recommend", args, io, async (history) => {
      const period = periodFrom(args, io, 30);
      const ended = await endDueTrials(history, args, io);
      const read = () => readAdvice(history, period, io.now(), filtersFrom(args));
      const advice = read();
      const { why, apply, dismiss: dismissed } = args;
      if (apply) {
        const picked = pickRecommendations(advice, apply);
        return { period, ...(await applyAdvice(history, picked, args, io)) };
      }
      if (dismissed) dismiss(history, pickRecommendations(advice, dismissed), io.now());
      const [one] = why === undefined ? [] : pickRecommendations(advice, [why]);
      const shown = dismissed ? read() : advice;
      return {
        period,
        json: () => ({
          ...(one ? { recommendations: [recommendationFields(one)] } : recommendJson(shown)),
          endedTrials: endedJson(ended),
        }),
        csv: () => renderRecommendCsv(one ? [one] : shown.recommendations),
        table: (surface) =>
          renderEnded(ended, surface) + (one ? renderWhy(one, surface) : renderRecommend(shown, surface)),
      };
    }),
});
