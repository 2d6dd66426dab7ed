/** Command lines that users of ccusage type, and what they stand for here. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  daily: ["spend", "--by", "day"],
  weekly: ["spend", "--by", "week"],
  monthly: ["spend", "--by", "month"],
};

/** The names of commands that are aliases. */
export const ALIAS_NAMES = Object.keys(ALIASES);

/** Returns the command line that one with an alias stands for; `session` without an id lists the sessions. */
export function withoutAlias(words: readonly string[]): readonly string[] {
  const [first = "", ...rest] = words;
  if (first === "session" && rest.every((word) => word.startsWith("-") && word !== "--help" && word !== "-h"))
    return ["sessions", ...rest];
  return Object.hasOwn(ALIASES, first) ? [...(ALIASES[first] ?? []), ...rest] : words;
}
