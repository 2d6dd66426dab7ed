import type { Activity } from "../../domain/ledger-input.ts";
import { type Fields, textOf } from "../fields.ts";
import { splitCommands } from "../observe/shell.ts";
import { findChecks } from "../observe/verification.ts";

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
  "ls cat head tail grep egrep fgrep rg ag ack find fd wc tree stat file which type pwd echo printf true test [ cd pushd popd du df env printenv date whoami uname basename dirname realpath readlink cut sort uniq tr nl tac column less more bat jq yq awk sed diff cmp comm md5sum sha256sum hexdump xxd strings ps lsof jobs history man id hostname Get-ChildItem Get-Content Select-String Get-Item Test-Path Get-Location Measure-Object Select-Object Where-Object ForEach-Object Sort-Object Write-Output Write-Host".split(
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
  const known = TOOLS[tool];
  if (known) return known;
  if (tool === "Bash" || tool === "PowerShell") return shellActivity(textOf(input["command"]));
  return tool.startsWith("mcp__") ? "mcp" : "bookkeep";
}

/** A longer command is judged by its first part. */
const MOST_CHARACTERS = 4000;

function shellActivity(command: string): Activity {
  const line = command.slice(0, MOST_CHARACTERS);
  if (findChecks(line).length > 0) return "check";
  const programs = splitCommands(line).map(({ words }) => words.filter((word) => !/^\w+=/.test(word)));
  const names = programs.map(([program = ""]) => program.replace(/^.*[\\/]/, ""));
  if (names.some((name) => name === "git" || name === "gh")) return "git";
  const reads = programs.every(
    (words, index) =>
      READERS.has(names[index] ?? "") &&
      !words.some(
        (word) => Object.hasOwn(WRITING, names[index] ?? "") && WRITING[names[index] ?? ""]?.test(word),
      ),
  );
  if (reads && names.length > 0 && !REDIRECTED.test(line)) return "explore";
  return names.every((name) => name === "sleep" || name === "wait" || name === "cd") ? "wait" : "shell";
}

/** Whether a shell command commits. */
export function isCommit(tool: string, input: Fields): boolean {
  return (
    (tool === "Bash" || tool === "PowerShell") &&
    /\bgit\b[^\n;&|]*\bcommit\b/.test(textOf(input["command"]).slice(0, MOST_CHARACTERS))
  );
}
