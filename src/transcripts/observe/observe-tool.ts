import type { Event, Seen } from "../../domain/event.ts";
import { type Fields, fieldsOf, listOf, optionalText, textOf } from "../fields.ts";
import { compareTexts } from "./hash.ts";
import type { ObserverState } from "./observer-state.ts";
import { splitCommands } from "./shell.ts";
import { findChecks } from "./verification.ts";

/** One tool_use block. */
export interface ToolUse {
  id: string;
  name: string;
  input: Fields;
}

export function usesOf(message: Fields): ToolUse[] {
  return listOf(message["content"])
    .map(fieldsOf)
    .filter(({ type }) => type === "tool_use")
    .map((block) => ({
      id: textOf(block["id"]),
      name: textOf(block["name"]),
      input: fieldsOf(block["input"]),
    }));
}

/** Events of a tool call; what its result will be needed for goes to `state.pending`. */
export function observeToolUse(use: ToolUse, cwd: string, seen: Seen, state: ObserverState): Event[] {
  const { id, input } = use;
  switch (use.name) {
    case "Bash":
    case "PowerShell":
      return observeShell(use, cwd, seen, state);
    case "Edit":
    case "MultiEdit":
    case "Write":
    case "NotebookEdit":
      return observeEdit(use, seen);
    case "Agent":
    case "Task":
      state.pending.set(id, { tool: "agent" });
      return [observeCall(use, seen)];
    case "ExitPlanMode":
    case "exit_plan_mode":
      state.pending.set(id, { tool: "plan" });
      return [{ kind: "plan", ...seen, step: "proposed", id }];
    case "EnterPlanMode":
      state.pending.set(id, { tool: "plan" });
      return [];
    case "AskUserQuestion":
      state.pending.set(id, { tool: "question" });
      return [{ kind: "question", ...seen, id }];
    case "BashOutput":
    case "TaskOutput":
    case "AgentOutput":
      state.pending.set(id, {
        tool: "output",
        task: textOf(input["bash_id"] ?? input["task_id"] ?? input["shell_id"]),
      });
      return [];
    default:
      state.counts[use.name] = (state.counts[use.name] ?? 0) + 1;
      return [];
  }
}

function observeCall({ id, input }: ToolUse, seen: Seen): Event {
  const model = optionalText(input["model"]);
  const effort = optionalText(input["effort"]);
  const background = input["run_in_background"];
  return {
    kind: "agent-call",
    ...seen,
    id,
    agent: textOf(input["subagent_type"]) || "general-purpose",
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
    ...(typeof background === "boolean" && { background }),
  };
}

function observeEdit({ id, name, input }: ToolUse, seen: Seen): Event[] {
  const at = {
    kind: "edit" as const,
    ...seen,
    id,
    file: textOf(input["file_path"] ?? input["notebook_path"]),
  };
  if (name === "Edit" || name === "MultiEdit") {
    const parts = name === "Edit" ? [input] : listOf(input["edits"]).map(fieldsOf);
    return parts.map((part) => ({
      ...at,
      ...compareTexts(textOf(part["old_string"]), textOf(part["new_string"])),
    }));
  }
  const written = compareTexts("", textOf(input["content"] ?? input["new_source"]));
  return [{ ...at, ...written, before: 0, ...(name === "Write" && { whole: true as const }) }];
}

/** Programs and options that change files; redirections are looked for in the text. */
const WRITES =
  /\b(?:sed|perl|gsed)\s+(?:-\w+\s+)*-\w*i|\b(?:mv|rm|cp|patch|tee|truncate|rsync)\s|--(?:write|fix)\b|\bgit (?:apply|am|cherry-pick|merge|rebase|mv|rm)\b|(?<![2&<>=-])>{1,2}\s*(?!&|\/dev\/|\/tmp\/|\$)[\w./"'~-]/;

function observeShell({ id, input }: ToolUse, cwd: string, seen: Seen, state: ObserverState): Event[] {
  const line = textOf(input["command"]);
  const checks = findChecks(line, cwd);
  const restores = line.includes("git") ? findRestores(line) : [];
  const commits = /\bgit\s+(?:-C \S+ )?(?:commit|push)\b/.test(line);
  const writes = WRITES.test(line);
  if (checks.length > 0) state.pending.set(id, { tool: "shell", checks });
  if (checks.length === 0 && restores.length === 0 && !commits && !writes) {
    state.counts["Bash"] = (state.counts["Bash"] ?? 0) + 1;
    return [];
  }
  return [
    {
      kind: "shell",
      ...seen,
      id,
      checks: checks.map(({ check }) => check),
      ...(restores.length > 0 && { restores }),
      ...(commits && { commits: true as const }),
      ...(writes && { writes: true as const }),
    },
  ];
}

/** Files that a shell line brings back from version control; `*` for all. */
function findRestores(line: string): string[] {
  const files: string[] = [];
  for (const { words } of splitCommands(line)) {
    if (words[0] !== "git") continue;
    const [command, ...rest] = words.slice(words[1] === "-C" ? 3 : 1);
    const paths = rest.slice(rest.indexOf("--") + 1).filter((word) => !word.startsWith("-"));
    if (command === "checkout" && (rest.includes("--") || rest.includes("."))) files.push(...paths);
    else if (command === "restore" && !rest.includes("--staged")) files.push(...paths);
    else if (command === "reset" && rest.includes("--hard")) files.push("*");
    else if (
      command === "revert" ||
      (command === "stash" && !/^(?:pop|apply|list|show)$/.test(rest[0] ?? ""))
    )
      files.push("*");
    else if (command === "clean" && rest.some((word) => /^-\w*f/.test(word))) files.push("*");
  }
  return files.map((file) => (file === "." ? "*" : file));
}
