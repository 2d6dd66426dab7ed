import { type Config, loadConfig } from "../history/config.ts";
import { DEMO_NOW } from "../history/workspace.ts";
import { useCurrency } from "../render/numbers.ts";
import type { Command } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { withoutRepeats } from "./repeated.ts";

/** Runs a command with its parsed options and the user's configuration; the demo takes the time of its newest entry for now. */
export async function runCommand(command: Command, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
  const given = withoutRepeats(args, command.options);
  const here = given["demo"] === true ? { ...io, now: () => DEMO_NOW } : io;
  if (command.isUnconfigured) return command.run(given, here);
  const { config } = await loadConfig(io.env);
  useCurrency(config.currency);
  return command.run(given, { ...here, config, color: wantsColor(config, io) });
}

/** Lets the environment decide before the configuration. */
function wantsColor({ color }: Config, io: Io): boolean {
  const isDecided = io.env["NO_COLOR"] || io.env["FORCE_COLOR"];
  return color === "auto" || isDecided ? io.color : color === "always";
}
