import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** How a command that writes was told to go about it. */
export interface Consent {
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/**
 * Asks before anything is written. Answers undefined when the command may go on, else the exit code to end with:
 * 0 for a dry run, 1 for a no and where there is nobody to ask.
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
    io.err(`Nothing was ${done}: there is no terminal to ask on, and --yes was not given.\n`);
    return EXIT.no;
  }
  const answer = await io.ask(`${question} [y/N] `);
  if (/^y(?:es)?$/i.test(answer.trim())) return undefined;
  io.err(`Nothing was ${done}.\n`);
  return EXIT.no;
}

/** Asks for a word; the default where nothing is typed or there is nobody to ask. */
export async function askWord(question: string, byDefault: string, io: Io): Promise<string> {
  const answer = (await io.ask?.(`${question}${byDefault ? ` [${byDefault}]` : ""}: `))?.trim();
  return answer || byDefault;
}
