import yargs, { type Argv } from "yargs";
import { COMMANDS } from "./commands/index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { reportError } from "./failure.ts";
import type { Io } from "./io.ts";
import { DEMO_NOW } from "../operations/workspace.ts";
import { VERSION } from "./version.ts";
import { UsageError } from "../errors.ts";

/** Runs one command line and says how it went; never throws and never exits the process. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  // The list of commands loads none of them, not even the one that runs when none is named.
  const isHelp = argv.length === 1 && (argv[0] === "--help" || argv[0] === "-h");
  const parser = yargs([...argv])
    .scriptName("rolecall")
    .usage("$0 [command]\n\nWhat Claude Code cost, how it went, and which model each role should run on.")
    .parserConfiguration({ "boolean-negation": true, "camel-case-expansion": true, "strip-dashed": false })
    .version(VERSION)
    .help()
    .alias({ h: "help" })
    .epilogue(isHelp ? "rolecall COMMAND --help shows its options and examples." : "")
    .recommendCommands()
    .strict()
    .wrap(Math.min(io.columns || 100, 120))
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw (
        error ?? new UsageError(message, { hint: "rolecall --help lists the commands and their options." })
      );
    });
  for (const [name, entry] of Object.entries(COMMANDS)) addCommand(parser, name, entry);

  function addCommand(to: Argv, name: string, entry: (typeof COMMANDS)[string]): void {
    const names = name === "overview" && !isHelp ? ["overview", "$0"] : [positionalsOf(name)];
    to.command({
      command: names,
      describe: entry.summary,
      builder: async (command: Argv) => {
        const loaded = await entry.load();
        command.options(loaded.options);
        for (const [line, what] of loaded.examples ?? []) command.example(line, what);
        return command;
      },
      handler: async (args) => {
        const loaded = await entry.load();
        exit = await loaded.run(args, args["demo"] === true ? { ...io, now: () => DEMO_NOW } : io);
      },
    });
  }

  try {
    await parser.parseAsync([...argv], {}, (_error, _args, output) => {
      if (output) io.out(`${output}\n`);
    });
    return exit;
  } catch (thrown) {
    return reportError(thrown, io);
  }
}

function positionalsOf(name: string): string {
  const { positionals } = COMMANDS[name] ?? {};
  return positionals ? `${name} ${positionals}` : name;
}
