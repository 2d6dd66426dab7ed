import {
  differsFromUsual,
  dismissChanges,
  pickChanges,
  pickOne,
  readAdviceList,
} from "../../operations/advice-list.ts";
import { hasTrials } from "../../operations/impact.ts";
import { dismiss, pickRecommendations } from "../../operations/recommend.ts";
import {
  adviceListJson,
  listOfOne,
  oneJson,
  renderAdviceList,
  renderOneAdvice,
} from "../../render/advice-list.ts";
import { endedJson, renderEnded } from "../../render/impact.ts";
import { renderRecommendCsv } from "../../render/recommend-fields.ts";
import { defineCommand } from "../command.ts";
import { filtersFrom, periodFrom, PLACE_OPTIONS, REPORT_OPTIONS } from "../options.ts";
import { runReport, tasksSince } from "../report.ts";

const IDS = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    ...REPORT_OPTIONS,
    ...PLACE_OPTIONS,
    why: { type: "string", requiresArg: true, describe: "Show the evidence of one recommendation" },
    apply: { ...IDS, describe: "Apply these IDs (all-act: every high-confidence one)" },
    dismiss: { ...IDS, describe: "Hide these until the evidence changes" },
  },
  examples: [
    ["rolecall recommend", "Show what to change, best first"],
    ["rolecall recommend --apply ID", "Show every key that changes, ask, and write"],
    ["rolecall undo", "Revert that"],
  ],
  run: (args, io) => {
    const period = periodFrom(args, io);
    const filters = filtersFrom(args);
    return runReport(
      "recommend",
      args,
      io,
      async (history) => {
        const ended = hasTrials(history) ? await (await loadFollow()).endDueTrials(history, args, io) : [];
        const read = () => readAdviceList(history, period, io.now(), filters);
        const list = await read();
        const { why, apply, dismiss: dismissed } = args;
        if (apply)
          return { period, ...(await (await loadApply()).applyPicked(history, list, apply, args, io)) };
        if (dismissed) {
          const { changes, trials, others } = pickChanges(list, dismissed);
          dismiss(history, pickRecommendations(list, others), io.now());
          dismissChanges(history, [...changes, ...trials], io.now());
        }
        const one = why === undefined ? undefined : pickOne(list, why);
        const shown = dismissed ? await read() : list;
        const usual = periodFrom({ timezone: args.timezone }, io);
        const asked = { period, usual, now: io.now(), filters };
        const differs = one === undefined && (await differsFromUsual(history, shown, asked));
        return {
          period,
          filters,
          json: () => ({ ...(one ? oneJson(one) : adviceListJson(shown)), endedTrials: endedJson(ended) }),
          csv: () => renderRecommendCsv(one ? listOfOne(one) : shown),
          table: (surface) =>
            renderEnded(ended, surface) +
            (one
              ? renderOneAdvice(one, surface)
              : renderAdviceList({ ...shown, differsFromUsual: differs }, surface)),
        };
      },
      { tasksOf: period, advises: true, contentFrom: () => tasksSince(period, io) },
    );
  },
});

// What writes takes a while to load.
const loadFollow = () => import("../follow.ts");
const loadApply = () => import("../apply-picked.ts");
