import { UsageError } from "../../errors.ts";
import type { Period } from "../../domain/period.ts";
import type { OpenedHistory } from "../../history/open-history.ts";
import { findSession } from "../../operations/find-session.ts";
import { readSessionTimeline } from "../../operations/session.ts";
import { listSessions } from "../../operations/sessions.ts";
import { renderGoals, renderSession } from "../../render/session.ts";
import { renderSessionCsv, sessionJson } from "../../render/session-fields.ts";
import { renderFoundSessions, renderSessionsCsv, sessionsJson } from "../../render/sessions.ts";
import { type CommandArgs, defineCommand } from "../command.ts";
import { OUTPUT_OPTIONS, periodFrom, PERIOD_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import type { Io } from "../io.ts";
import { type Report, runReport } from "../report.ts";
import sessions from "./sessions.ts";

const { timezone, all } = PERIOD_OPTIONS;
/** Options of one session, which is always shown whole, and of the list. */
const SHARED = { ...SOURCE_OPTIONS, ...OUTPUT_OPTIONS, timezone, all };
const OPTIONS = {
  ...sessions.options,
  goals: { type: "boolean", default: false, describe: "Show a session by goal: turns with the same purpose" },
  mark: {
    choices: ["good", "bad"],
    requiresArg: true,
    describe: "Correct the outcome of a task (ID or ID:TURN)",
  },
} as const;
type SessionArgs = CommandArgs<typeof OPTIONS>;

export default defineCommand({
  options: OPTIONS,
  examples: [
    ["rolecall session --sort cost --limit 5", "List the five most expensive sessions"],
    ["rolecall session 2ea22d1e", "Show one session task by task, with evidence"],
    ['rolecall session "gift cards"', "Find it by words of its title or first prompt"],
    ["rolecall session 2ea22d1e --goals", "Show it by goal"],
    ["rolecall session 2ea22d1e:3 --mark bad", "Mark its fourth turn as bad"],
    ['rolecall session "gift cards" --mark good', "Mark the last turn of the session with these words"],
  ],
  run(args, io) {
    const { id } = args;
    if (typeof id === "string") {
      requireSharedOnly(args);
      return showOne(id, args, io);
    }
    if (args.goals)
      throw new UsageError("--goals: no session named", {
        hint: "Try rolecall session, which lists their IDs.",
      });
    return sessions.run(args, io);
  },
});

/** Throws UsageError if an option of the list is given with one session. */
function requireSharedOnly(args: SessionArgs): void {
  for (const [name, option] of Object.entries(sessions.options)) {
    const isDefault = args[name] === ("default" in option ? option.default : undefined);
    if (isDefault || Object.hasOwn(SHARED, name)) continue;
    throw new UsageError(`--${name}: cannot be combined with a session`, {
      hint: "Try it without the ID: it chooses from the list of sessions.",
    });
  }
}

function showOne(text: string, args: SessionArgs, io: Io) {
  return runReport("session", args, io, (history) => {
    const period = periodFrom({ all: true, timezone: args.timezone }, io);
    const [session, ...others] = findSession(history, text);
    if (others.length > 0) return listFound(history, period, [session as string, ...others], text);
    const analysis = readSessionTimeline(history, session as string);
    return {
      period,
      sessions: [analysis.session],
      json: () => sessionJson(analysis),
      csv: () => renderSessionCsv(analysis),
      table: (surface) => (args.goals ? renderGoals : renderSession)(analysis, period.timezone, surface),
    };
  });
}

/** Returns the list of the sessions that have the same words in their title or first prompt. */
function listFound(history: OpenedHistory, period: Period, only: readonly string[], words: string): Report {
  const list = listSessions(history, period, {}, { only });
  return {
    period,
    sessions: only,
    json: () => sessionsJson(list),
    csv: () => renderSessionsCsv(list),
    table: (surface) => renderFoundSessions(list, words, period.timezone, surface),
  };
}
