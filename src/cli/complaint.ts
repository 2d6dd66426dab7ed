import type { Options } from "yargs";
import { expectOneOf, nearest } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";

/** The command whose words were parsed. */
export interface Spoken {
  name: string;
  /** As yargs writes them: `<id>`. */
  positionals?: string | undefined;
  options: readonly string[];
  /** The command line. */
  words: readonly string[];
}

/** Complains of an unknown command, and names the one that was probably meant. */
export function unknownCommand(word: string, commands: readonly string[]): UsageError {
  const meant = Object.hasOwn(OTHER_NAMES, word) ? OTHER_NAMES[word] : nearest(word, commands);
  return new UsageError(`unknown command "${word}"`, {
    hint: meant ? `Try rolecall ${meant}.` : "Try rolecall --help, which lists the commands.",
  });
}

/** Names that commands have in other tools, or that people try. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  advice: "recommend",
  advise: "recommend",
  changes: "impact",
  check: "doctor",
  cost: "spend",
  costs: "spend",
  prices: "models",
  report: "overview",
  revert: "undo",
  setup: "init",
  stats: "overview",
  status: "overview",
  sync: "apply",
  trial: "impact",
  trials: "impact",
  usage: "spend",
};

/** Throws UsageError if the value of a number is another text, which yargs reports without the text, or takes for 0 or Infinity. */
export function requireNumbers(
  args: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, Options>>,
  words: readonly string[],
): void {
  for (const [name, { type }] of Object.entries(options)) {
    if (type !== "number" || args[name] === undefined) continue;
    const text = valueOf(name, words);
    if (text === undefined || DECIMAL.test(text)) continue;
    throw new UsageError(`--${name}: invalid number "${text}"`, { hint: "Expected a number, such as 30." });
  }
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,2})?$/i;

/** Returns the last value of an option on a command line; undefined if it is not on it. */
function valueOf(name: string, words: readonly string[]): string | undefined {
  const spellings = new Set([
    `--${name}`,
    `--${name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
  ]);
  const at = words.findLastIndex((word) => spellings.has(word.split("=", 1)[0] ?? ""));
  return at < 0 ? undefined : (words[at]?.split(/=(.*)/s)[1] ?? words[at + 1] ?? "");
}

/** Returns what yargs complains of, in our own words. */
export function complaintOf(message: string, spoken: Spoken | undefined): UsageError {
  const help = { hint: `Try rolecall ${spoken ? `${spoken.name} ` : ""}--help.` };
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(message)?.[1];
  if (unknown !== undefined && spoken) return unknownWord(unknown, spoken, help);
  const choice = /Argument: (\S+), Given: "(.*)", Choices: (.+)/.exec(message);
  if (choice) {
    const [, option, word = "", known = ""] = choice;
    return new UsageError(`--${option}: invalid value "${word}"`, {
      hint: expectOneOf(word, known.replaceAll('"', "").split(", ")),
    });
  }
  if (message.startsWith("Not enough non-option arguments") && spoken?.positionals)
    return new UsageError(`${spoken.name}: missing argument ${spoken.positionals}`, help);
  const bare = /^Not enough arguments following: (\S+)/.exec(message)?.[1];
  if (bare !== undefined) return new UsageError(`--${bare}: missing value`, help);
  const required = /^Missing required arguments?: ([^,]+)/.exec(message)?.[1];
  if (required !== undefined) return new UsageError(`--${required}: missing`, help);
  return new UsageError(message, help);
}

/** Options of ccusage that have another name here, or none. */
const HABITS: Readonly<Record<string, string>> = {
  b: "Try --breakdown.",
  i: "Try --by day,project.",
  instances: "Try --by day,project.",
  j: "Try --json.",
  mode: "Try it without --mode: costs are always calculated from tokens.",
  O: "Try it without -O: reports never use the network.",
  offline: "Try it without --offline: reports never use the network.",
  order: "Try --reverse.",
  p: "Try --project.",
  s: "Try --since.",
  "start-of-week": "Try weekStart in the configuration file (docs/config.md).",
  "token-limit": "Try rolecall limits --above 80.",
  u: "Try --until.",
  z: "Try --timezone.",
};

function unknownWord(word: string, { name, options, words }: Spoken, help: { hint: string }): UsageError {
  const typed = words.find((one) => /^-+/.test(one) && one.replace(/^-+/, "").startsWith(word));
  if (typed === undefined) return new UsageError(`${name}: unexpected argument "${word}"`, help);
  const dashes = typed.startsWith("--") ? "--" : "-";
  const meant = dashes === "--" ? nearest(word, options) : undefined;
  const habit = Object.hasOwn(HABITS, word) ? HABITS[word] : undefined;
  const hint = habit ?? (meant === undefined ? help.hint : `Try --${meant}.`);
  return new UsageError(`${name}: unknown option "${dashes}${word}"`, { hint });
}
