import { UsageError } from "../../errors.ts";
import { openHistory } from "../../history/open-history.ts";
import { readRoute } from "../../operations/route.ts";
import { renderAnswer } from "../../render/json.ts";
import { renderRoute, routeJson } from "../../render/route.ts";
import { plainText } from "../../render/text.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { OUTPUT_OPTIONS, periodFrom, PERIOD_OPTIONS, SOURCE_OPTIONS } from "../options.ts";
import { createProgress } from "../progress.ts";
import { periodJson, sourceFrom, surfaceOf } from "../report.ts";

/** Outcomes of one quarter: models change, and older ones say less. */
const LAST_DAYS = 90;

export default defineCommand({
  options: {
    prompt: { type: "string", hidden: true },
    agent: {
      type: "string",
      requiresArg: true,
      describe: "Name the agent type or role that gets the prompt",
    },
    curve: {
      type: "boolean",
      default: false,
      describe: "Show cost and success of routing beside simpler rules",
    },
    ...SOURCE_OPTIONS,
    ...PERIOD_OPTIONS,
    days: {
      type: "number",
      requiresArg: true,
      describe: "Learn from the last N days (default: 90)",
      group: "Filter:",
    },
    json: OUTPUT_OPTIONS.json,
    color: OUTPUT_OPTIONS.color,
    quiet: OUTPUT_OPTIONS.quiet,
  },
  examples: [
    ['rolecall route "rename a variable in utils.ts"', "Show the tier to start on, and why"],
    ['rolecall route "review the login" --agent reviewer', "Show it for an agent, with its history"],
    ["rolecall route --curve", "Show what routing would cost and achieve"],
  ],
  async run(args, io) {
    const prompt = args.prompt === "" || args.prompt === "-" ? await io.readStdin() : args.prompt;
    if (prompt?.trim() === "")
      throw new UsageError("route: no prompt", { hint: "Expected a text in quotes, or - to read stdin." });
    const period = periodFrom(args, io, LAST_DAYS);
    const request = { prompt, agent: args.agent, curve: args.curve };
    const progress = createProgress(io, args.quiet);
    const options = { ...sourceFrom(args), needs: "tasks", onProgress: progress.show } as const;
    let history = await openHistory(options, io.env, io.cwd);
    try {
      progress.clear();
      const report = await Promise.resolve()
        .then(() => readRoute(history, period, request))
        .catch(async (thrown: unknown) => {
          history = await history.recover(thrown);
          return readRoute(history, period, request);
        });
      for (const notice of history.store.notices) io.err(`rolecall: ${plainText(notice)}\n`);
      io.out(
        args.json
          ? renderAnswer("route", { period: periodJson(period), ...routeJson(report) })
          : wrapWide(renderRoute(report, args.curve, surfaceOf(args, io)), io.columns),
      );
      return EXIT.ok;
    } finally {
      history.close();
    }
  },
});
