import { createRequire } from "node:module";
import type { Argv } from "yargs";
import type { Command } from "./command.ts";
import { ALIAS_NAMES } from "./aliases.ts";
import { COMMANDS } from "./commands/index.ts";
import { complaintOf, requireNumbers, type Spoken, unknownCommand } from "./complaint.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { reportError } from "./failure.ts";
import { renderExamples, renderHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { runCommand } from "./run-command.ts";
import { VERSION } from "./version.ts";

// yargs reads the package.json above the main script. Without one it looks for that from the working folder upwards: it would list
// folders, full ones for all we know, and take options out of a file that is the user's.
process.mainModule ??= { filename: import.meta.filename } as NodeJS.Module;

/** Its CommonJS build: the other one wraps inside words. (Why 17 and not 18: docs/design.md, Toolchain.) */
const yargs = createRequire(import.meta.url)("yargs/yargs") as (words: readonly string[]) => Argv;

const HELP = new Set(["--help", "-h", "--version"]);

/** Runs one command line with yargs. Returns how it went; never throws and never exits the process. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (argv.length === 1 && (argv[0] === "--help" || argv[0] === "-h")) {
    io.out(renderHelp());
    return EXIT.ok;
  }
  const parser = createParser(argv, io.columns);
  const line: Invocation = { argv, io, parser, spoken: undefined, exit: EXIT.ok };
  parser.fail((message, error) => {
    throw error ?? complaintOf(message, line.spoken);
  });
  try {
    const [first = "-"] = argv;
    if (!first.startsWith("-") && !COMMANDS[first])
      throw unknownCommand(first, [...Object.keys(COMMANDS), ...ALIAS_NAMES]);
    const alone = argv.some((word) => HELP.has(word)) ? undefined : COMMANDS[first];
    // Around a command that is not the default one yargs makes ready its help, asked for or not, and that takes a while.
    if (alone) addCommand(line, first, alone, [withPositionals("$0", alone.positionals)]);
    else
      for (const [name, entry] of Object.entries(COMMANDS))
        addCommand(line, name, entry, nameOf(name, entry.positionals));
    await parser.parseAsync(argv.slice(alone ? 1 : 0), {}, (_error, _args, output) => {
      if (output) io.out(`${output}\n`);
    });
    return line.exit;
  } catch (thrown) {
    // Some complaints of yargs come past `fail`.
    const isComplaint = thrown instanceof Error && thrown.name === "YError";
    return reportError(
      isComplaint ? complaintOf(thrown.message, line.spoken) : thrown,
      io,
      line.spoken?.name,
    );
  }
}

interface Invocation {
  argv: readonly string[];
  io: Io;
  parser: Argv;
  /** The command that was named, once it is loaded. */
  spoken: Spoken | undefined;
  exit: ExitCode;
}

function addCommand(line: Invocation, name: string, entry: (typeof COMMANDS)[string], words: string[]): void {
  const { argv, io, parser } = line;
  const { summary, positionals, now, load } = entry;
  const usage = now ?? withPositionals(name, positionals);
  parser.command({
    command: words,
    describe: now === undefined ? summary : false,
    builder: async (command: Argv) => {
      const loaded = await load();
      line.spoken = {
        name: usage.replaceAll(/ [<[].*?[>\]]/g, ""),
        positionals,
        options: Object.keys(loaded.options),
        words: argv,
      };
      command.string(namesOf(positionals)); // an id can have digits alone
      command.hide("version").usage(`$0 ${usage} [OPTIONS]\n\n${summary}`);
      command.group(ownOptions(loaded), "Options:").options(loaded.options);
      if (loaded.examples) command.epilogue(renderExamples(loaded.examples));
      return command;
    },
    handler: async (args) => {
      const loaded = await load();
      requireNumbers(args, loaded.options, argv);
      line.exit = await runCommand(loaded, args, io);
    },
  });
}

/** Returns the names of positionals: of `[id] [file]` both. */
function namesOf(positionals = ""): string[] {
  return [...positionals.matchAll(/[<[](\w+)/g)].map(([, name = ""]) => name);
}

/** Returns the options that belong to no group: help shows them first. */
function ownOptions({ options }: Command): string[] {
  return [...Object.keys(options).filter((name) => options[name]?.group === undefined), "help"];
}

function createParser(argv: readonly string[], columns: number): Argv {
  return yargs([...argv])
    .scriptName("rolecall")
    .locale("en")
    .parserConfiguration({ "boolean-negation": true, "camel-case-expansion": true, "strip-dashed": false })
    .version(VERSION)
    .help()
    .alias({ h: "help" })
    .strict()
    .wrap(Math.min(columns || 80, 100))
    .exitProcess(false)
    .showHelpOnFail(false);
}

/** The overview runs when no command is named. */
function nameOf(name: string, positionals: string | undefined): string[] {
  if (name === "overview") return [name, "$0"];
  return [withPositionals(name, positionals)];
}

function withPositionals(name: string, positionals: string | undefined): string {
  return positionals ? `${name} ${positionals}` : name;
}
