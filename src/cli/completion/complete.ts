import type { Options } from "yargs";
import { withoutAlias } from "../aliases.ts";
import { PROGRAM_COMMANDS } from "../commands/groups.ts";
import { COMMANDS } from "../commands/index.ts";
import { SHELLS } from "./scripts.ts";
import { type CompletionWord, namesOf } from "../../operations/completion-names.ts";

/**
 * Returns what can stand at the cursor, given the words of a command line up to it; the last one is being typed. Nothing means that
 * the shell offers files.
 */
export async function complete(words: readonly string[], env: NodeJS.ProcessEnv): Promise<CompletionWord[]> {
  const [name = "", ...rest] = [...withoutAlias(words.slice(0, -1)), ...words.slice(-1)];
  if (rest.length === 0 && !name.startsWith("-")) return commandNames().filter(startsWith(name));
  const entry = COMMANDS[name.startsWith("-") ? "overview" : name];
  if (!entry) return [];
  const { options } = await entry.load();
  return candidatesFor(name, name.startsWith("-") ? [name, ...rest] : rest, options, env);
}

async function candidatesFor(
  command: string,
  words: readonly string[],
  options: Readonly<Record<string, Options>>,
  env: NodeJS.ProcessEnv,
): Promise<CompletionWord[]> {
  const current = words.at(-1) ?? "";
  const asked = optionAt(words, options);
  if (asked) {
    const { option, typed, prefix } = asked;
    const values = await valuesOf(option, options, words, env);
    return inList(values, typed).map((one) => ({ ...one, word: prefix + one.word }));
  }
  if (current.startsWith("-")) return optionNames(options, words).filter(startsWith(current));
  return (await positionalsOf(command, words, env)).filter(startsWith(current));
}

interface AskedOption {
  option: string;
  /** The part of its value that is typed, and what stands before it in the same word. */
  typed: string;
  prefix: string;
}

/** Returns the option whose value is being typed: `--by mo`, `--by=mo`, or the three words that bash makes of it. */
function optionAt(
  words: readonly string[],
  options: Readonly<Record<string, Options>>,
): AskedOption | undefined {
  const [before = "", previous = "", current = ""] = ["", "", ...words].slice(-3);
  const inline = /^--([\w-]+)=(.*)$/.exec(current);
  if (inline?.[1]) return { option: inline[1], typed: inline[2] ?? "", prefix: `--${inline[1]}=` };
  const named = current === "=" ? previous : previous === "=" ? before : previous;
  const option = named.startsWith("--") ? named.slice(2) : "";
  if (!options[option] || options[option].type === "boolean") return undefined;
  return { option, typed: current === "=" ? "" : current, prefix: "" };
}

/** Returns the values that go on with a list such as `day,mo`: only its last part is being typed. */
function inList(values: readonly CompletionWord[], typed: string): CompletionWord[] {
  const done = typed.slice(0, typed.lastIndexOf(",") + 1);
  return values.map((one) => ({ ...one, word: done + one.word })).filter(startsWith(typed));
}

async function valuesOf(
  name: string,
  options: Readonly<Record<string, Options>>,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CompletionWord[]> {
  const { choices, describe = "" } = options[name] ?? {};
  if (choices) return choices.map((choice) => ({ word: String(choice) }));
  const names = await namesOf(name, words, env);
  if (names.length > 0) return names;
  const own = listedIn(describe.replace(OR_FIELD, ""));
  return OR_FIELD.test(describe) ? [...own, ...fieldsOf(words)] : own;
}

/** The end of a description whose option takes the fields that `--by` names as well. */
const OR_FIELD = /, or a field of --by$/;

function fieldsOf(words: readonly string[]): CompletionWord[] {
  const at = words.findIndex((word) => /^--by(?:=|$)/.test(word));
  const named = at < 0 ? "" : ((words[at]?.slice("--by=".length) || words[at + 1]) ?? "");
  return named
    .split(",")
    .filter(Boolean)
    .map((word) => ({ word }));
}

/** Returns the values that a description lists after its colon: `Break down by: day, model`. */
function listedIn(describe: string): CompletionWord[] {
  const list = /: ([\w-]+(?:(?:, | or )[\w-]+)+)$/.exec(describe)?.[1];
  return (list?.split(/, | or /) ?? []).map((word) => ({ word }));
}

async function positionalsOf(
  command: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<CompletionWord[]> {
  if (command === "completion") return SHELLS.map((word) => ({ word }));
  if (command === "outcome" && words.length === 2) return [{ word: "good" }, { word: "bad" }];
  if (command === "session" || command === "outcome") return namesOf("session", words, env);
  if (command === "why")
    return [{ word: "today" }, { word: "yesterday" }, ...(await namesOf("session", words, env))];
  if (command === "models") return namesOf("model", words, env);
  if (command === "explain")
    return [...(await namesOf("role", words, env)), ...(await namesOf("agent", words, env))];
  if (command === "adopt") return namesOf("agent", words, env);
  return [];
}

function commandNames(): CompletionWord[] {
  return Object.entries(COMMANDS)
    .filter(([name, { now }]) => now === undefined && !PROGRAM_COMMANDS.includes(name))
    .map(([word, { summary }]) => ({ word, meaning: summary }));
}

function optionNames(options: Readonly<Record<string, Options>>, words: readonly string[]): CompletionWord[] {
  const used = new Set(words.slice(0, -1));
  return [...Object.entries(options), ["help", { describe: "Show help" }] as [string, Options]]
    .filter(([name, { hidden, array }]) => hidden !== true && (array === true || !used.has(`--${name}`)))
    .map(([name, { describe }]) => ({
      word: `--${name}`,
      ...(describe !== undefined && { meaning: describe }),
    }));
}

function startsWith(typed: string): (one: CompletionWord) => boolean {
  return ({ word }) => word.startsWith(typed);
}
