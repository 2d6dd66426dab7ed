import {
  InvalidInputError,
  type InputProblem,
  isMachineError,
  messageOf,
  RolecallError,
  TranscriptBugError,
  UsageError,
} from "../errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { plainText } from "../render/text.ts";

/**
 * Says on stderr what went wrong: known errors and refusals of the system in one line with what to do, unknown ones with their stack.
 * `command` is the one that was called, whose help is the next step where nothing better is known.
 */
export function reportError(thrown: unknown, io: Io, command?: string): ExitCode {
  if (thrown instanceof RolecallError) {
    io.err(`rolecall: ${[...problemLines(thrown), ...nextStep(thrown, command)].join("\n  ")}\n`);
    return EXIT.usage;
  }
  if (isMachineError(thrown)) {
    io.err(`rolecall: ${plainText(refusalOf(thrown))}\n  Try again when the system allows it.\n`);
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

/** Rewrites `EACCES: permission denied, open '/x'` as `/x: permission denied`. */
function refusalOf({ message }: Error): string {
  const [, problem = message, path] = /^[A-Z]+: ([^,]+), \w+(?: '(.*)')?/s.exec(message) ?? [];
  return path === undefined ? problem : `${path}: ${problem}`;
}

/** The pages that describe what users write, by the name of it in errors. */
const PAGES: Readonly<Record<string, string>> = {
  "the configuration file": "docs/config.md",
  "the policy": "docs/policy.md",
  "the price file": "docs/prices.md",
};

function nextStep(error: RolecallError, command: string | undefined): string[] {
  const page = error instanceof InvalidInputError ? PAGES[error.message.split(": ")[0] ?? ""] : undefined;
  if (page !== undefined) return [`Try ${page}, which describes it.`];
  if (!(error instanceof UsageError) || command === undefined || error.hint?.includes("Try ")) return [];
  return [`Try rolecall ${command} --help.`];
}

/** Returns what is wrong, each problem, and what to do: a line each. */
export function problemLines(error: RolecallError): string[] {
  const problems = error instanceof InvalidInputError ? error.problems.flatMap(formatProblem) : [];
  return [error.message, ...problems, ...linesOf(error.hint)].map(plainText);
}

/** Puts the two parts of a hint, `Expected …` and `Try …`, on lines of their own. */
function linesOf(hint: string | undefined): string[] {
  return hint?.split(/(?<=\.) (?=Try )/) ?? [];
}

/** Formats `rolecall.yaml:4 roles.planner.effort: not an effort "hihg"`, and below it what was expected and what to try. */
function formatProblem({ path, line, key, message, found, expected, suggestion }: InputProblem): string[] {
  const where = [path && (line ? `${path}:${line}` : path), key].filter(Boolean).join(" ");
  const value = found && (found.startsWith('"') ? ` ${found}` : `, found ${found}`);
  return [
    `${where ? `${where}: ` : ""}${message}${value ?? ""}`,
    ...(expected ? [`  Expected ${expected}.`] : []),
    ...(suggestion ? [`  Try ${suggestion}.`] : []),
  ];
}
