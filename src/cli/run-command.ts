import { DEMO_NOW } from "../history/workspace.ts";
import type { Command } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { withoutRepeats } from "./repeated.ts";

/** Runs a command with its parsed options; the demo takes the time of its newest entry for now. */
export async function runCommand(command: Command, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
  const given = withoutRepeats(args, command.options);
  return command.run(given, given["demo"] === true ? { ...io, now: () => DEMO_NOW } : io);
}
