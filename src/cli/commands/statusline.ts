import { messageOf } from "../../errors.ts";
import { recordSpend } from "../../hooks/day-spend.ts";
import { isPoliciesModel } from "../../hooks/model-switch.ts";
import { locateHooks } from "../../hooks/places.ts";
import { askForRefresh } from "../../hooks/refresh-marks.ts";
import { readState } from "../../hooks/state.ts";
import { readStatusInput } from "../../hooks/status-input.ts";
import { familyIn } from "../../domain/model.ts";
import { renderStatusLine, STATUS_TEMPLATE } from "../../render/status-line.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { runInner } from "../inner-command.ts";

/** Age from which on what the store knew about today is read again. */
const STALE_MS = 10 * 60_000;

export default defineCommand({
  options: {
    template: {
      type: "string",
      requiresArg: true,
      describe:
        "Choose the parts: {model} {effort} {session} {today} {context} {cache} {window} {policy} {nudge}",
    },
    with: { type: "string", requiresArg: true, describe: "Show the line of this command as well" },
  },
  examples: [
    ["rolecall init --statusline", "Install it below a line that you have"],
    ['rolecall statusline --template "{model} | {today}"', "Choose the parts (in settings.json)"],
  ],
  async run(args, io) {
    // Claude Code shows what is on stdout, whatever happens: a line without numbers is better than none.
    const stdin = await io.readStdin().catch(() => "");
    const inner = args.with === undefined ? undefined : runInner(args.with, stdin, io);
    let line: string;
    try {
      line = lineFor(stdin, args.template, io);
    } catch (thrown) {
      io.err(`rolecall statusline: ${messageOf(thrown)}\n`);
      line = "rolecall: no numbers";
    }
    const above = inner === undefined ? "" : await inner;
    io.out(`${above === "" ? "" : `${above}\n`}${line}\n`);
    return EXIT.ok;
  },
});

function lineFor(stdin: string, template: string | undefined, io: Io): string {
  const input = readStatusInput(stdin);
  if (!input) return "rolecall: no numbers";
  const now = io.now();
  const places = locateHooks(io.env);
  const state = readState(places, input.folders, io.env);
  // Without a state the status line was removed, and a session that began before leaves no trace.
  const spend = state ? recordSpend(places, input, now) : { todayUsd: undefined, stored: undefined };
  const isStale = now - (spend.stored?.at ?? 0) > STALE_MS;
  if (state && isStale && io.background && askForRefresh(places, state.root, now))
    io.background(["hooks", "refresh"], io.cwd);
  const model = state?.mainModel ?? undefined;
  const leavesPolicy = model !== undefined && !isPoliciesModel(model, familyIn(input.model.id));
  const shown = template ?? state?.template ?? STATUS_TEMPLATE;
  return renderStatusLine(shown, { input, spend, state, leavesPolicy, now });
}
