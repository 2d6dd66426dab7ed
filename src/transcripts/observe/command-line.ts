import { hashPath } from "../../domain/hashed-words.ts";
import { createMemory } from "./memory.ts";
import { isInside } from "./places.ts";
import { CHECK_HINT } from "./runner-table.ts";
import { type SimpleCommand, splitCommands } from "./shell.ts";
import { unwrap } from "./unwrap.ts";
import { checksOf, type FoundCheck, type ShellSurroundings } from "./verification.ts";

/** The effects of a shell line that outcomes need. */
export interface CommandLine {
  checks: readonly FoundCheck[];
  /** As hashes. */
  restores: readonly string[];
  stash?: "push" | "pop";
  commits: boolean;
  publishes: boolean;
  writes: boolean;
}

/** Words that a line must hold to change files or move work in version control; most lines hold none and are not parsed. */
const CHANGE_HINT =
  /\b(?:sed|perl|gsed|mv|rm|cp|patch|tee|truncate|rsync)\s|--(?:write|fix)\b|\bgit\s[^\n]*\b(?:checkout|restore|reset|revert|stash|clean|commit|push|apply|am|cherry-pick|merge|rebase|pull|mv|rm)\b|\bgh\s+pr\s|(?<![2&<>=-])>{1,2}\s*(?!&|\/dev\/|\$)[\w./"'~-]/;

/** Reads a shell line; undefined where nothing in it matters. */
export function readCommandLine(line: string, where: ShellSurroundings): CommandLine | undefined {
  return remember(`${where.root}\n${where.cwd}\n${line}`, () => parseCommandLine(line, where));
}

/** The same few commands run over and over. */
const remember = createMemory<CommandLine | undefined>(500);

function parseCommandLine(line: string, where: ShellSurroundings): CommandLine | undefined {
  const mayCheck = CHECK_HINT.test(line);
  if (!mayCheck && !CHANGE_HINT.test(line)) return undefined;
  const commands = splitCommands(line).map((command) => ({ ...command, words: unwrap(command.words) }));
  const checks = mayCheck ? checksOf(commands, where) : [];
  const git = commands.map(gitWords).filter((words) => words.length > 0);
  const stashes = git.filter(([command]) => command === "stash").map(([, option = ""]) => stashStep(option));
  const stash = stashes.findLast((step) => step !== undefined);
  const read: CommandLine = {
    checks,
    restores: git.flatMap(restoresOf),
    ...(stash && { stash }),
    commits: git.some(([command]) => command === "commit"),
    publishes: git.some(([command]) => command === "push") || commands.some(opensPullRequest),
    writes: checks.some(({ fixes }) => fixes) || commands.some((command) => writesFiles(command, where.root)),
  };
  const { restores, commits, publishes, writes } = read;
  return checks.length + restores.length > 0 || stash || commits || publishes || writes ? read : undefined;
}

/** The words of a git command behind `git` and its own options. */
function gitWords({ words }: SimpleCommand): readonly string[] {
  if (words[0] !== "git") return [];
  let at = 1;
  while (words[at]?.startsWith("-")) at += /^-[Cc]$/.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at);
}

function stashStep(option: string): CommandLine["stash"] {
  if (/^(?:pop|apply)$/.test(option)) return "pop";
  return /^(?:list|show|drop|clear|branch)$/.test(option) ? undefined : "push";
}

/** Files that a git command brings back from version control; `*` for all. */
function restoresOf([command = "", ...rest]: readonly string[]): string[] {
  const paths = rest.slice(rest.indexOf("--") + 1).filter((word) => !word.startsWith("-"));
  if (command === "checkout") return rest.includes("--") || rest.includes(".") ? paths.map(anyFile) : [];
  if (command === "restore") return rest.includes("--staged") ? [] : paths.map(anyFile);
  if (command === "reset") return rest.includes("--hard") ? ["*"] : [];
  if (command === "revert") return ["*"];
  return command === "clean" && rest.some((word) => /^-\w*f/.test(word)) ? ["*"] : [];
}

function anyFile(path: string): string {
  return path === "." ? "*" : hashPath(path);
}

function opensPullRequest({ words: [program, group, command] }: SimpleCommand): boolean {
  return (
    program === "gh" && group === "pr" && /^(?:create|merge|edit|ready|comment|review)$/.test(command ?? "")
  );
}

const CHANGERS = /^(?:mv|rm|cp|patch|tee|truncate|rsync)$/;

/** Returns whether a command changes files of the project by itself. */
function writesFiles({ words, writesTo }: SimpleCommand, root: string): boolean {
  const [program = "", ...rest] = words;
  if (writesTo.some((file) => isInside(root, file) && !file.startsWith("/dev/"))) return true;
  if (/^(?:sed|perl|gsed)$/.test(program)) return rest.some((word) => /^-\w*i/.test(word));
  if (program === "git")
    return /^(?:apply|am|cherry-pick|merge|rebase|mv|rm|pull)$/.test(
      gitWords({ words } as SimpleCommand)[0] ?? "",
    );
  if (rest.includes("--write") || rest.includes("--fix")) return true;
  if (!CHANGERS.test(program)) return false;
  const files = rest.filter((word) => !word.startsWith("-"));
  return files.some((file) => isInside(root, file));
}
