import { UsageError } from "../../errors.ts";
import { applyForget, findForgettable, recallForgotten } from "../../operations/forget.ts";
import { type OpenedHistory, openHistory } from "../../history/open-history.ts";
import { findUnmatched } from "../../history/unmatched.ts";
import { renderUnmatched } from "../../render/diagnostics.ts";
import { renderForgettable } from "../../render/forget.ts";
import { renderAnswer } from "../../render/json.ts";
import { sessionsJson } from "../../render/sessions.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { Io } from "../io.ts";
import { dayFrom, OUTPUT_OPTIONS, PERIOD_OPTIONS, SOURCE_OPTIONS, timezoneFrom } from "../options.ts";
import { sourceFrom, surfaceOf } from "../report.ts";

export default defineCommand({
  options: {
    before: { type: "string", requiresArg: true, describe: "Forget sessions that ended before this day" },
    project: {
      type: "string",
      requiresArg: true,
      describe: "Forget projects: path, last folders of it, or a glob (* ?)",
    },
    session: {
      type: "string",
      requiresArg: true,
      describe: "Forget one session, by its id or the beginning of it",
    },
    all: { type: "boolean", default: false, describe: "Forget everything" },
    undo: {
      type: "boolean",
      default: false,
      describe: "Revert forgetting: read again what is still on disk",
    },
    yes: { type: "boolean", describe: "Do not ask" },
    "dry-run": { type: "boolean", describe: "Show only" },
    ...SOURCE_OPTIONS,
    timezone: PERIOD_OPTIONS.timezone,
    json: OUTPUT_OPTIONS.json,
    color: OUTPUT_OPTIONS.color,
  },
  examples: [
    ["rolecall forget --before 2026-01-01", "Forget what is older than this year"],
    ["rolecall forget --project '*client-x*'", "Forget a project"],
  ],
  async run(args, io) {
    const { project, session, all } = args;
    if (!all && !args.undo && project === undefined && session === undefined && args.before === undefined)
      throw new UsageError("forget: no sessions named", {
        hint: "Expected --before DATE, --project GLOB, --session ID or --all.",
      });
    const timezone = timezoneFrom(args, io);
    const before = args.before === undefined ? undefined : dayFrom("before", args.before, io, timezone);
    const history = await openHistory({ ...sourceFrom(args), needs: "spend" }, io.env, io.cwd);
    try {
      if (args.undo) return undo(history, args, io);
      const found = findForgettable(history, { before, project, session, all, timezone });
      for (const one of findUnmatched(history, { timezone }, { project }))
        io.err(`rolecall: ${renderUnmatched(one)}\n`);
      if (!args.json) io.out(renderForgettable(found, timezone, surfaceOf(args, io)));
      const nothing = found.selection !== "all" && found.selection.length === 0;
      const declined = nothing ? EXIT.ok : await askToWrite("Forget this?", args, io);
      const forgotten = declined === undefined;
      if (forgotten) applyForget(history, found, io.now());
      if (args.json) io.out(renderAnswer("forget", { forgotten, ...sessionsJson(found.list) }));
      return declined ?? EXIT.ok;
    } finally {
      history.close();
    }
  },
});

function undo(
  history: OpenedHistory,
  args: { session?: string | undefined; json: boolean },
  io: Io,
): ExitCode {
  const recalled = recallForgotten(history, args.session);
  if (args.json) io.out(renderAnswer("forget", { recalled }));
  else
    io.out(
      recalled > 0 ? "Reverted: the next command reads what is still on disk.\n" : "Nothing was forgotten.\n",
    );
  return EXIT.ok;
}
