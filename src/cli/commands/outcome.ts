import { UsageError } from "../../errors.ts";
import { markOutcome } from "../../operations/hand-outcome.ts";
import { renderOverruled, overruledJson } from "../../render/hand-outcome.ts";
import { defineCommand } from "../command.ts";
import { OUTPUT_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: { ...SOURCE_OPTIONS, ...OUTPUT_OPTIONS },
  examples: [
    ["rolecall session 4f2a91c0 --mark bad", "Mark the last turn of a session as bad"],
    ["rolecall session 4f2a91c0:3 --mark good", "Mark its fourth turn as good"],
  ],
  run: (args, io) =>
    runReport("outcome", args, io, (history) => {
      const { task, verdict } = args;
      if (verdict !== "good" && verdict !== "bad")
        throw new UsageError(`--mark: unknown verdict "${String(verdict)}"`, {
          hint: "Expected good or bad.",
        });
      const overruled = markOutcome(history, String(task), verdict, io.now());
      return {
        period: periodFrom({ all: true }, io),
        json: () => overruledJson(overruled),
        table: () => renderOverruled(overruled),
      };
    }),
});
