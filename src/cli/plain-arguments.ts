import type { Options } from "yargs";

/** Parsed options of a command line, as yargs gives them. */
export type ParsedArguments = Record<string, unknown>;

/** Properties that an option may have, besides its type, to be read in the same way without yargs. */
const SIMPLE: ReadonlySet<string> = new Set([
  "type",
  "default",
  "describe",
  "group",
  "requiresArg",
  "choices",
]);

/**
 * Reads options in their plain forms: `--name value`, `--name=value` and `--flag`, each once. Returns undefined for everything else: help,
 * errors, short forms, lists and positionals are for yargs, which takes 40 ms to load and to parse.
 */
export function parsePlain(
  words: readonly string[],
  specs: Readonly<Record<string, Options>>,
): ParsedArguments | undefined {
  if (!Object.values(specs).every(isSimple)) return undefined;
  const found = new Map<string, unknown>();
  for (let at = 0; at < words.length; at++) {
    const [, name = "", inline] = /^--([a-z][a-z-]*)(?:=(.+))?$/.exec(words[at] as string) ?? [];
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec || found.has(name)) return undefined;
    const text = spec.type === "boolean" ? inline : (inline ?? words[++at]);
    const value = spec.type === "boolean" ? (inline === undefined ? true : undefined) : valueOf(spec, text);
    if (value === undefined) return undefined;
    found.set(name, value);
  }
  return withDefaults(found, specs);
}

function isSimple(spec: Options): boolean {
  return isList(spec) || Object.keys(spec).every((key) => SIMPLE.has(key));
}

function isList({ type, array }: Options): boolean {
  return type === "array" || array === true;
}

/** Plain text begins with no dash and holds no quotes, which yargs would take away. */
const PLAIN_TEXT = /^[^-\s"'`][^"'`\n]*$/;
const PLAIN_NUMBER = /^\d{1,15}(?:\.\d{1,6})?$/;

function valueOf(spec: Options, text = ""): string | number | undefined {
  const { type, choices } = spec;
  if (isList(spec) || !PLAIN_TEXT.test(text)) return undefined;
  if (choices) return choices.includes(text) ? text : undefined;
  if (type === "number") return PLAIN_NUMBER.test(text) ? Number(text) : undefined;
  return type === "string" ? text : undefined;
}

/** Every name counts in both spellings: `claude-dir` and `claudeDir`. */
function withDefaults(
  found: ReadonlyMap<string, unknown>,
  specs: Readonly<Record<string, Options>>,
): ParsedArguments {
  const parsed: ParsedArguments = { _: [], $0: "rolecall" };
  for (const [name, spec] of Object.entries(specs)) {
    const value = found.has(name) ? found.get(name) : spec.default;
    if (value === undefined) continue;
    parsed[name] = value;
    parsed[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return parsed;
}
