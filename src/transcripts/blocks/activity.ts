import type { Activity } from "../../domain/ledger-input.ts";
import { SHELL_TOOLS } from "../../domain/content-name.ts";
import { type Fields, textOf } from "../fields.ts";
import { createMemory } from "../observe/memory.ts";
import { CHECK_HINT } from "../observe/runner-table.ts";
import { type SimpleCommand, splitCommands } from "../observe/shell.ts";
import { checksOf } from "../observe/verification.ts";
import { programOf } from "./program.ts";

const TOOLS: Readonly<Record<string, Activity>> = {
  Edit: "edit",
  MultiEdit: "edit",
  Write: "edit",
  NotebookEdit: "edit",
  Agent: "delegate",
  Task: "delegate",
  SendMessage: "delegate",
  TeamCreate: "delegate",
  TeamDelete: "delegate",
  Read: "explore",
  NotebookRead: "explore",
  Grep: "explore",
  Glob: "explore",
  LS: "explore",
  LSP: "explore",
  WebFetch: "explore",
  WebSearch: "explore",
  ReadMcpResourceTool: "explore",
  ListMcpResourcesTool: "explore",
  BashOutput: "wait",
  TaskOutput: "wait",
  AgentOutput: "wait",
  AgentOutputTool: "wait",
  Monitor: "wait",
  Sleep: "wait",
  ScheduleWakeup: "wait",
};

/** Programs that change nothing. */
const READERS = new Set(
  "for case foreach export set ls cat head tail grep egrep fgrep rg ag ack find fd wc tree stat file which type pwd echo printf true test [ cd pushd popd du df env printenv date whoami uname basename dirname realpath readlink cut sort uniq tr nl tac column less more bat jq yq awk sed diff cmp comm md5sum sha256sum hexdump xxd strings ps lsof jobs history man id hostname Get-ChildItem Get-Content Select-String Get-Item Test-Path Get-Location Measure-Object Select-Object Where-Object ForEach-Object Sort-Object Write-Output Write-Host".split(
    " ",
  ),
);
/** Options with which a reader writes. */
const WRITING: Readonly<Record<string, RegExp>> = {
  sed: /^(?:-\w*i|--in-place)/,
  find: /^-(?:delete|exec|execdir|ok)$/,
  sort: /^-o/,
};
const REDIRECTED = /(?<![0-9&<>=-])>{1,2}\s*(?!&|\/dev\/|\/tmp\/|\$)[\w./"'~-]/;

/** Returns what a call is for, by the name of its tool and, for a shell, by its command. */
export function activityOf(tool: string, input: Fields): Activity {
  if (Object.hasOwn(TOOLS, tool)) return TOOLS[tool] ?? "bookkeep";
  if (SHELL_TOOLS.has(tool)) return shellLine(input).activity;
  return tool.startsWith("mcp__") ? "mcp" : "bookkeep";
}

/** Commands of git and gh that change nothing. */
const GIT_READS = new Set(
  "status log diff show blame grep ls-files ls-tree ls-remote rev-parse rev-list describe shortlog cat-file merge-base name-rev for-each-ref reflog show-ref count-objects whatchanged diff-tree check-ignore var help version".split(
    " ",
  ),
);
const GH_READS = new Set(["view", "list", "diff", "checks", "status", "search", "watch"]);
/** Commands that only list when nothing or options follow, and those that list on demand. */
const GIT_LISTS = new Set(["branch", "tag", "remote", "config"]);
const GIT_LIST_ON_DEMAND = new Set(["stash", "worktree", "remote"]);

/** A longer command is judged by its first part. */
const MOST_CHARACTERS = 1000;

/** The actions of a shell line that the ledger needs. */
interface ShellLine {
  activity: Activity;
  commits: boolean;
  /** Name of the program that matters most. */
  program: string;
}

function shellLine(input: Fields): ShellLine {
  const line = textOf(input["command"]).slice(0, MOST_CHARACTERS);
  return remember(line, () => readShellLine(line));
}

/** The same few run over and over. */
const remember = createMemory<ShellLine>(500);

function readShellLine(line: string): ShellLine {
  const commands = splitCommands(line);
  return {
    activity: shellActivity(line, commands),
    commits: line.includes("commit") && commands.some(commits),
    program: programOf(commands),
  };
}

function shellActivity(line: string, commands: readonly SimpleCommand[]): Activity {
  if (CHECK_HINT.test(line) && checksOf(commands, NO_PLACE).length > 0) return "check";
  const programs = commands
    .map(({ words }) => withoutVariables(words))
    .filter(([program = ""]) => program !== "" && program !== "cd");
  if (
    programs.some(isVersionControl) &&
    !programs.every((words) => !isVersionControl(words) || readsOnly(words))
  )
    return "git";
  if (programs.every(readsOnly) && !REDIRECTED.test(line)) return "explore";
  return programs.every(([program]) => program === "sleep" || program === "wait") ? "wait" : "shell";
}

const NO_PLACE = { cwd: "", root: "" };

function withoutVariables(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !/^\$?[\w:]+=/.test(word));
  return first < 0 ? [] : words.slice(first);
}

function nameOf([program = ""]: readonly string[]): string {
  return program.replace(/^.*[\\/]/, "");
}

function isVersionControl(words: readonly string[]): boolean {
  return nameOf(words) === "git" || nameOf(words) === "gh";
}

function readsOnly(words: readonly string[]): boolean {
  const name = nameOf(words);
  if (name === "git") return gitReads(words.slice(1));
  if (name === "gh") return ghReads(words.slice(1));
  const writing = Object.hasOwn(WRITING, name) ? WRITING[name] : undefined;
  return READERS.has(name) && !words.some((word) => writing?.test(word));
}

/** The command of git and what follows it; `words` begin with options of git itself, some of which have a value. */
function gitCommand(words: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith("-")) at += words[at] === "-C" || words[at] === "-c" ? 2 : 1;
  return words.slice(at);
}

function gitReads(words: readonly string[]): boolean {
  const [command = "", ...rest] = gitCommand(words);
  if (GIT_READS.has(command)) return true;
  if (GIT_LIST_ON_DEMAND.has(command) && (rest[0] === "list" || rest[0] === "show")) return true;
  return GIT_LISTS.has(command) && rest.every((word) => word.startsWith("-"));
}

function ghReads([command = "", ...rest]: readonly string[]): boolean {
  if (command === "api")
    return !rest.some((word) => /^(?:-X|--method|-f|-F|--field|--raw-field|--input)/.test(word));
  return [command, ...rest.slice(0, 2)].some((word) => GH_READS.has(word));
}

/** Returns whether a shell command commits. */
export function isCommit(tool: string, input: Fields): boolean {
  return SHELL_TOOLS.has(tool) && shellLine(input).commits;
}

function commits({ words }: SimpleCommand): boolean {
  const [program, ...rest] = withoutVariables(words);
  return program === "git" && gitCommand(rest)[0] === "commit";
}

/** Returns the program that a shell call runs; empty for a call of another tool. */
export function programCalled(tool: string, input: Fields): string {
  return SHELL_TOOLS.has(tool) ? shellLine(input).program : "";
}
