import { readSessionTimeline } from "../../operations/session.ts";
import { renderGoals, renderSession } from "../../render/session.ts";
import { renderSessionCsv, sessionJson } from "../../render/session-fields.ts";
import { defineCommand } from "../command.ts";
import { OUTPUT_OPTIONS, periodFrom, PERIOD_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import { runReport } from "../report.ts";

export default defineCommand({
  options: {
    ...SOURCE_OPTIONS,
    ...OUTPUT_OPTIONS,
    timezone: PERIOD_OPTIONS.timezone,
    id: { type: "string", demandOption: true, describe: "Name the session: its id or the beginning of it" },
    goals: {
      type: "boolean",
      default: false,
      describe: "Show one row per goal: turns with the same purpose",
    },
  },
  examples: [
    ["rolecall session 2ea22d1e", "Show one session task by task, with evidence"],
    ["rolecall session 2ea22d1e --goals", "Show it by goal"],
  ],
  run: (args, io) =>
    runReport("session", args, io, (history) => {
      const analysis = readSessionTimeline(history, args.id);
      const period = periodFrom({ all: true, timezone: args.timezone }, io);
      return {
        period,
        json: () => sessionJson(analysis),
        csv: () => renderSessionCsv(analysis),
        table: (surface) => (args.goals ? renderGoals : renderSession)(analysis, period.timezone, surface),
      };
    }),
});
