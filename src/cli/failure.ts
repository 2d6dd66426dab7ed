import {
  InvalidInputError,
  type InputProblem,
  messageOf,
  RolecallError,
  TranscriptBugError,
} from "../errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { plainText } from "../render/text.ts";

/** Says on stderr what went wrong: known errors in one line with what to do, unknown ones with their stack. */
export function reportError(thrown: unknown, io: Io): ExitCode {
  if (thrown instanceof RolecallError) {
    io.err(`rolecall: ${plainText(thrown.message)}\n`);
    if (thrown instanceof InvalidInputError)
      for (const problem of thrown.problems) io.err(`  ${plainText(formatProblem(problem))}\n`);
    if (thrown.hint) io.err(`  ${plainText(thrown.hint)}\n`);
    return EXIT.usage;
  }
  io.err(`rolecall: this is a bug: ${plainText(messageOf(thrown))}\n`);
  if (thrown instanceof TranscriptBugError)
    io.err(
      `  Nothing was kept. Try --exclude '${plainText(thrown.path)}' to go on without this transcript.\n`,
    );
  if (thrown instanceof Error && thrown.stack) io.err(`${thrown.stack}\n`);
  return EXIT.bug;
}

/** `rolecall.yaml:4 roles.planner.effort: not an effort, found "hihg", expected low, medium, … (did you mean high?)` */
function formatProblem(problem: InputProblem): string {
  const { path, line, key, message, found, expected, suggestion } = problem;
  const where = [path && (line ? `${path}:${line}` : path), key].filter(Boolean).join(" ");
  const details = [found && `found ${found}`, expected && `expected ${expected}`].filter(Boolean).join(", ");
  return `${where ? `${where}: ` : ""}${message}${details ? `, ${details}` : ""}${suggestion ? ` (did you mean ${suggestion}?)` : ""}`;
}
