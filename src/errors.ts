/**
 * An error that the user can fix: printed as one line and a hint, without a stack.
 *
 * @example
 * ```ts
 * import { openHistory, RolecallError, spend } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * try {
 *   spend(history, { since: "tuesday" });
 * } catch (error) {
 *   if (!(error instanceof RolecallError)) throw error;
 *   console.log(error.message, error.hint);
 * }
 * history.close();
 * ```
 */
export class RolecallError extends Error {
  override name = "RolecallError";
  /** Next step for the user, as a full sentence. */
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }
}

/** The words of the command line are off. */
export class UsageError extends RolecallError {
  override name = "UsageError";
}

/**
 * A file or value that the user wrote breaks its rules: one entry per problem, all reported together.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, InvalidInputError, SAME_MODEL } from "rolecall";
 *
 * try {
 *   createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender(), budgets: { day: { hardUsd: -1 } } });
 * } catch (error) {
 *   if (!(error instanceof InvalidInputError)) throw error;
 *   console.log(error.problems.map(({ key, found }) => `${key}: ${found}`)); // budgets.day.hardUsd
 * }
 * ```
 */
export class InvalidInputError extends RolecallError {
  override name = "InvalidInputError";
  /** Everything that is wrong, in the order in which it was found. */
  readonly problems: readonly InputProblem[];

  constructor(what: string, problems: readonly InputProblem[]) {
    super(`${what}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
    this.problems = problems;
  }
}

/** One thing wrong in something the user wrote. */
export interface InputProblem {
  /** The file it stands in, where there is one. */
  path?: string;
  /** 1-based. */
  line?: number;
  /** The key at fault, dotted: `roles.planner.effort`. */
  key?: string;
  /** The problem in words, in lower case. */
  message: string;
  /** The value at fault, as it was written. */
  found?: string;
  /** Correct values, in words: `low, medium, high`. */
  expected?: string;
  /** The nearest valid value. */
  suggestion?: string;
}

/** An exception while a transcript was read that no state of its file explains: a bug of rolecall. Carries where it happened. */
export class TranscriptBugError extends Error {
  override name = "TranscriptBugError";
  readonly path: string;
  /** 1-based; 0 before the first line. */
  readonly line: number;

  constructor(path: string, line: number, cause: unknown) {
    super(`bug while reading ${path}, line ${line}: ${messageOf(cause)}`, { cause });
    this.path = path;
    this.line = line;
  }
}

/** Returns whether a system call failed: the state of the machine is the reason, not a bug. */
export function isSystemError(thrown: unknown): boolean {
  return thrown instanceof Error && "errno" in thrown && codeOf(thrown) !== undefined;
}

/** Codes of system calls that fail because of the machine: permissions, a full disk, limits. */
const MACHINE = new Set("EACCES EPERM EROFS ENOSPC EDQUOT EIO EMFILE ENFILE ENOMEM".split(" "));

/** Returns whether the state of the machine made a system call fail, whatever the program does. */
export function isMachineError(thrown: unknown): thrown is Error {
  return isSystemError(thrown) && MACHINE.has(codeOf(thrown) ?? "");
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code of a system error (`ENOENT`, `SQLITE_FULL`), where it has one. */
export function codeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
