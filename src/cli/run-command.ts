import { DEMO_NOW } from "../history/workspace.ts";
import type { Command } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** Runs a command with its parsed options; the demo takes the time of its newest entry for now. */
export async function runCommand({ run }: Command, args: Record<string, unknown>, io: Io): Promise<ExitCode> {
  return run(args, args["demo"] === true ? { ...io, now: () => DEMO_NOW } : io);
}
