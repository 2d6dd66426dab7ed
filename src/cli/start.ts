import { withoutAlias } from "./aliases.ts";
import { type CommandEntry, COMMANDS } from "./commands/index.ts";
import { COMPLETE } from "./completion/scripts.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

/** Runs one command line: itself if its options are in plain forms, otherwise with yargs. Never throws and never exits the process. */
export async function start(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (isHot(argv)) return (await import("./hot.ts")).runHot(argv, io);
  try {
    if (argv[0] === COMPLETE) return await startComplete(argv.slice(1), io);
    const words = withoutAlias(argv);
    return (await startPlain(words, io)) ?? (await (await import("./main.ts")).main(words, io));
  } catch (thrown) {
    const [name = ""] = withoutAlias(argv);
    const command = Object.hasOwn(COMMANDS, name) ? (COMMANDS[name]?.now ?? name) : undefined;
    return (await import("./failure.ts")).reportError(thrown, io, command);
  }
}

/** Commands that Claude Code runs, each time it calls a tool or draws a line: what they do not need is not loaded. */
const HOT = new Set(["hook", "statusline"]);

function isHot([name = "", ...rest]: readonly string[]): boolean {
  return HOT.has(name) && !rest.some((word) => HELP.has(word));
}

/** Answers a completion script: one candidate a line, with a tab before its meaning. */
async function startComplete(words: readonly string[], io: Io): Promise<ExitCode> {
  const [{ complete }, { plainLine }] = await Promise.all([
    import("./completion/complete.ts"),
    import("../render/text.ts"),
  ]);
  for (const { word, meaning } of await complete(words, io.env))
    io.out(meaning === undefined ? `${word}\n` : `${word}\t${plainLine(meaning)}\n`);
  return EXIT.ok;
}

async function startPlain(argv: readonly string[], io: Io): Promise<ExitCode | undefined> {
  const [first = "--"] = argv;
  const isNamed = !first.startsWith("-");
  const name = isNamed ? first : "overview";
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry || needsWords(entry) || argv.some((word) => HELP.has(word))) return undefined;
  const [{ parsePlain }, { runCommand }] = await Promise.all([
    import("./plain-arguments.ts"),
    import("./run-command.ts"),
  ]);
  const command = await entry.load();
  const args = parsePlain(argv.slice(isNamed ? 1 : 0), command.options);
  return args && runCommand(command, args, io);
}

/** Returns whether a command has a word besides its options that must be there, or may be there several times. */
function needsWords({ positionals = "" }: CommandEntry): boolean {
  return !/^(?:\[\w+\] ?)*$/.test(positionals);
}

/** The list of commands needs none of them. */
const HELP = new Set(["--help", "-h", "--version"]);
