import type { ReportArgs } from "../report.ts";
import { DEFAULT_DAYS, type McpArgs } from "./tool.ts";

/** Returns the command that shows all of what a tool reported on: the same history, period and project. */
export function reportCommand(
  command: string,
  { since = `${DEFAULT_DAYS}d`, until, project }: McpArgs,
  source: readonly string[],
): string {
  const period = ["--since", since, ...(until === undefined ? [] : ["--until", until])];
  const filter = project === undefined ? [] : ["--project", project];
  return commandLine(command, [...period, ...filter, ...source]);
}

/** Returns a command of rolecall with its words quoted. */
export function commandLine(command: string, words: readonly string[]): string {
  return ["rolecall", command, ...words.map(quote)].join(" ");
}

/** Returns the options that name the history which the server reads. */
export function sourceWords(args: ReportArgs): string[] {
  const { "claude-dir": folders = [], db, demo, prices, account, "all-accounts": allAccounts } = args;
  return [
    ...folders.flatMap((folder) => ["--claude-dir", folder]),
    ...Object.entries({ db, prices, account }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, value],
    ),
    ...(demo ? ["--demo"] : []),
    ...(allAccounts ? ["--all-accounts"] : []),
  ];
}

/** Quotes a word for a POSIX shell if it needs that. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
