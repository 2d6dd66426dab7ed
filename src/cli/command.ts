import type { InferredOptionTypes, Options } from "yargs";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

type OptionSpecs = Record<string, Options>;

/** One command of the command line: its words, and what it does with them. */
export interface Command<O extends OptionSpecs = OptionSpecs> {
  options: O;
  /** It works the same whatever the configuration file says. */
  isUnconfigured?: true;
  /** Command lines to show under `--help`, each with what it does. */
  examples?: readonly (readonly [string, string])[];
  run: (args: CommandArgs<O>, io: Io) => Promise<ExitCode> | ExitCode;
}

/** Parsed options; positionals come as strings and are read by name. */
export type CommandArgs<O extends OptionSpecs> = InferredOptionTypes<O> & { [positional: string]: unknown };

/** Keeps the option types of a command for its `run`. */
export function defineCommand<const O extends OptionSpecs>(command: Command<O>): Command<O> {
  return command;
}
