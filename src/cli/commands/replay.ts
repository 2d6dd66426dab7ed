import { UsageError } from "../../errors.ts";
import type { Period } from "../../domain/period.ts";
import { replay, type ReplayReport } from "../../operations/replay.ts";
import { planReplay, type ReplayPlan } from "../../operations/replay-plan.ts";
import { renderCascadeEvent } from "../../render/cascade.ts";
import { renderReplay, renderReplayPlan, renderReplayStart, replayJson } from "../../render/replay.ts";
import { CASCADE_OPTIONS, cascadeOptionsFrom } from "../cascade-options.ts";
import { type CommandArgs, defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { OUTPUT_OPTIONS, PERIOD_OPTIONS, periodFrom, SOURCE_OPTIONS } from "../options.ts";
import { runReport, surfaceOf } from "../report.ts";
import type { OpenedHistory } from "../../history/open-history.ts";

const { verify, setup, allow, timeout, client } = CASCADE_OPTIONS;
const OPTIONS = {
  ...SOURCE_OPTIONS,
  ...PERIOD_OPTIONS,
  ...OUTPUT_OPTIONS,
  model: { type: "string", requiresArg: true, describe: "Run the tasks on this model: haiku, sonnet:high" },
  tasks: {
    type: "number",
    default: 10,
    requiresArg: true,
    describe: "Run at most this many tasks, the latest first",
  },
  "max-usd": {
    type: "number",
    default: 2,
    requiresArg: true,
    describe: "Stop before all of them cost more than this, in dollars",
  },
  verify,
  setup,
  allow,
  timeout,
  "verify-timeout": CASCADE_OPTIONS["verify-timeout"],
  client,
  "dry-run": { type: "boolean", describe: "Show what would be run, and stop" },
  yes: { type: "boolean", describe: "Ask nothing" },
} as const;
type ReplayArgs = CommandArgs<typeof OPTIONS>;

/** Days whose tasks are looked at. */
const DAYS = 90;

export default defineCommand({
  options: OPTIONS,
  examples: [
    ['rolecall replay test-writer --model haiku --verify "npm test"', "Run its last ten tasks on Haiku"],
    [
      'rolecall replay main --model sonnet:high --verify "make check" --max-usd 5',
      "Run tasks of the main session again",
    ],
  ],
  run(args, io) {
    const period = periodFrom(args, io, DAYS);
    const { model = "", tasks } = args;
    if (model === "") throw new UsageError("--model: missing", { hint: "Try --model haiku." });
    if (!(Number.isInteger(tasks) && tasks >= 1))
      throw new UsageError(`--tasks: invalid number "${tasks}"`, { hint: "Expected a whole number from 1." });
    const options = cascadeOptionsFrom({ ...NO_CASCADE, ...args });
    const wish = { role: String(args["role"]), model, tasks, verify: options.verify };
    return runReport("replay", args, io, (history) => answer(history, period, wish, args, io), {
      tasksOf: period,
    });
  },
});

/** Options of a cascade that a replay does not have. */
const NO_CASCADE = {
  prompt: undefined,
  ladder: undefined,
  tries: undefined,
  apply: false,
  undo: undefined,
  redo: undefined,
  "keep-broken": false,
  "red-flags": false,
};

async function answer(
  history: OpenedHistory,
  period: Period,
  wish: Parameters<typeof planReplay>[2],
  args: ReplayArgs,
  io: Io,
) {
  const plan = await planReplay(history, period, wish);
  const maxUsd = args["max-usd"];
  const shown = renderReplayPlan(plan, { verify: wish.verify, maxUsd }, surfaceOf(args, io));
  const { report, exit } = await carryOut(history, plan, shown, args, io);
  return {
    period,
    exit,
    json: () => replayJson(plan, maxUsd, report),
    table: (surface: Parameters<typeof renderReplay>[1]) => (report ? renderReplay(report, surface) : ""),
  };
}

async function carryOut(
  history: OpenedHistory,
  plan: ReplayPlan,
  shown: string,
  args: ReplayArgs,
  io: Io,
): Promise<{ report?: ReplayReport; exit: ExitCode }> {
  io.err(shown);
  const consent = { yes: args.yes, dryRun: history.workspace.demo ? true : args["dry-run"] };
  const open = plan.tasks.filter(({ done }) => !done).length;
  const refused = open === 0 ? undefined : await askToWrite("Run them?", consent, io, "run");
  if (refused !== undefined) return { exit: refused };
  const options = cascadeOptionsFrom({ ...NO_CASCADE, ...args });
  const report = await interruptible((signal) =>
    replay(plan, { ...options, maxUsd: args["max-usd"], signal }, history, io.now, (event) => {
      if (args.quiet) return;
      io.err(event.type === "task" ? renderReplayStart(event) : renderCascadeEvent(event));
    }),
  );
  return { report, exit: report.stopped ? EXIT.no : EXIT.ok };
}
