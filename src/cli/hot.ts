import { messageOf } from "../errors.ts";
import type { Options } from "yargs";
import { COMMANDS } from "./commands/index.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { ParsedArguments } from "./plain-arguments.ts";

/**
 * Runs a command that Claude Code calls. Always ends with 0, because another exit code can block the session: a mistake in its options is
 * named on stderr and left out.
 */
export async function runHot([name = "", ...words]: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const command = await COMMANDS[name]?.load();
    await command?.run(parseHot(words, command.options, io), io);
  } catch (thrown) {
    io.err(`rolecall ${name}: ${messageOf(thrown)}\n`);
  }
  return EXIT.ok;
}

/** Reads `--name value`, `--name=value` and `--flag`; a value may be any text. The first other word is the event. */
function parseHot(
  words: readonly string[],
  specs: Readonly<Record<string, Options>>,
  io: Io,
): ParsedArguments {
  const parsed: ParsedArguments = {};
  for (const [name, spec] of Object.entries(specs))
    if (spec.default !== undefined) parsed[name] = spec.default;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [, name = "", inline] = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!word.startsWith("-")) parsed["event"] ??= word;
    else if (!spec) io.err(`rolecall: unknown option ${JSON.stringify(word)}, left out\n`);
    else if (spec.type === "boolean") parsed[name] = true;
    else {
      const text = inline ?? words[++at] ?? "";
      parsed[name] = spec.type === "number" ? Number(text) : text;
    }
  }
  return parsed;
}
