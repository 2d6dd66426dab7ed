/** Command lines that users of ccusage type, and what they stand for here. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  daily: ["spend", "--by", "day"],
  weekly: ["spend", "--by", "week"],
  monthly: ["spend", "--by", "month"],
};

/** Options that make another command of one, by the name of the command that then runs: it has options of its own. */
const MODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apply: { "--check": "check" },
  limits: { "--windows": "blocks" },
  explain: { "--hooks": "hooks" },
  session: { "--mark": "outcome" },
};

/** The names of commands that are aliases. */
export const ALIAS_NAMES = Object.keys(ALIASES);

/** Returns the command line that one with an alias or a mode stands for. */
export function withoutAlias(words: readonly string[]): readonly string[] {
  const [first = "", ...rest] = words;
  if (Object.hasOwn(ALIASES, first)) return [...(ALIASES[first] ?? []), ...rest];
  const modes = Object.hasOwn(MODES, first) ? (MODES[first] ?? {}) : {};
  const at = rest.findIndex((word) => Object.hasOwn(modes, word.replace(/=.*/s, "")));
  const [option = "", value] = (rest[at] ?? "").split(/=(.*)/s);
  const command = modes[option];
  if (command === undefined || value === "false") return words;
  return [command, ...(command === "outcome" ? withLast(rest, at, value) : rest.toSpliced(at, 1))];
}

/** Moves the value of an option to the end: there it is the last argument of the command. */
function withLast(words: readonly string[], at: number, inline: string | undefined): string[] {
  const value = inline ?? words[at + 1];
  if (value === undefined || value.startsWith("-")) return words.toSpliced(at, 1);
  return [...words.toSpliced(at, inline === undefined ? 2 : 1), value];
}
