import { plainLine } from "../render/text.ts";

/** Options that decide which requests a report covers; every report has them. */
const COVERING = [
  "claude-dir",
  "exclude",
  "db",
  "demo",
  "account",
  "all-accounts",
  "prices",
  "since",
  "until",
  "days",
  "all",
  "timezone",
  "project",
  "model",
  "agent",
] as const;

/** Returns the options of a command that the one suggested next needs to show the same numbers, such as ` --all --project shop`. */
export function sameOptions(args: Readonly<Record<string, unknown>>): string {
  return COVERING.flatMap((name) => optionTexts(name, args[name]))
    .map((text) => ` ${text}`)
    .join("");
}

function optionTexts(name: string, value: unknown): string[] {
  if (value === true) return [`--${name}`];
  if (Array.isArray(value)) return value.flatMap((one) => optionTexts(name, one));
  return typeof value === "string" || typeof value === "number" ? [`--${name} ${quoted(String(value))}`] : [];
}

/** Returns a word as a POSIX shell reads it. */
function quoted(word: string): string {
  const plain = plainLine(word);
  return /^[\w@%+=:,./~-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", String.raw`'\''`)}'`;
}
