import type { Command } from "../command.ts";

/** A command before it is loaded: start-up pays only for the one that runs. */
export interface CommandEntry {
  summary: string;
  /** Positional arguments as yargs writes them: `<id>`, `[ids..]`. */
  positionals?: string;
  load: () => Promise<Command>;
}

const load = (module: Promise<{ default: unknown }>): Promise<Command> =>
  module.then((loaded) => loaded.default as Command);

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  models: {
    summary: "the model catalogue: prices on a day, aliases, effort",
    load: () => load(import("./models.ts")),
  },
};
