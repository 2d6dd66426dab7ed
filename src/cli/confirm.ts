import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** Options that decide whether a command may write. */
export interface Consent {
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/**
 * Asks before anything is written. Returns undefined if the command may write, otherwise its exit code: 0 for a dry run, 1 for the answer
 * no and without a terminal.
 */
export async function askToWrite(
  question: string,
  args: Consent,
  io: Io,
  done = "written",
): Promise<ExitCode | undefined> {
  if (args.dryRun) return EXIT.ok;
  if (args.yes) return undefined;
  if (!io.ask) {
    io.err(`Nothing was ${done}: there is no terminal to ask on. Try --yes.\n`);
    return EXIT.no;
  }
  const answer = await io.ask(`${question} [y/N] `);
  if (/^y(?:es)?$/i.test(answer.trim())) return undefined;
  io.err(`Nothing was ${done}.\n`);
  return EXIT.no;
}
