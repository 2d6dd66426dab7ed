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
    before: { type: "string", requiresArg: true, describe: "sessions that ended before this day" },
    project: {
      type: "string",
      requiresArg: true,
      describe: "projects: path, last folders of it, or a glob (* ?)",
    },
    session: { type: "string", requiresArg: true, describe: "one session: its id or the beginning of it" },
    all: { type: "boolean", default: false, describe: "everything that is kept" },
    undo: {
      type: "boolean",
      default: false,
      describe: "take forgetting back: what is still on disk is read again",
    },
    yes: { type: "boolean", describe: "do not ask" },
    "dry-run": { type: "boolean", describe: "only show" },
    ...SOURCE_OPTIONS,
    timezone: PERIOD_OPTIONS.timezone,
    json: OUTPUT_OPTIONS.json,
    color: OUTPUT_OPTIONS.color,
  },
  examples: [
    ["rolecall forget --before 2026-01-01", "what is older than this year"],
    ["rolecall forget --project '*client-x*'", "a project"],
  ],
  async run(args, io) {
    const { project, session, all } = args;
    if (!all && !args.undo && project === undefined && session === undefined && args.before === undefined)
      throw new UsageError("forget what?", {
        hint: "Name --before DATE, --project GLOB, --session ID or --all.",
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
      recalled > 0
        ? "Taken back: the next command reads what is still on disk.\n"
        : "Nothing was forgotten.\n",
    );
  return EXIT.ok;
}
