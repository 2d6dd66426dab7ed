import type { Event, Seen } from "../../domain/event.ts";
import { hashPath } from "../../domain/hashed-words.ts";
import { isDocs, isPlanFile } from "../../domain/docs-files.ts";
import { type Fields, fieldsOf, listOf, optionalText, textOf } from "../fields.ts";
import { compareHashed, compareTexts, type HashedText, hashText } from "./hash.ts";
import { count, observeShell } from "./observe-shell.ts";
import type { ObserverState } from "./observer-state.ts";
import { isInside, plainPath } from "./places.ts";

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
      return observeEdit(use, seen, state.root);
    case "Agent":
    case "Task":
      state.pending.set(id, { tool: "agent" });
      return [observeCall(use, seen, state)];
    case "ExitPlanMode":
    case "exit_plan_mode":
      state.pending.set(id, { tool: "plan" });
      return [observePlan(use, seen)];
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
      count(use.name, seen.at, state);
      return [];
  }
}

/** As many as a side chain can lag behind. */
const MOST_CALLS = 32;

function observeCall({ id, input }: ToolUse, seen: Seen, state: ObserverState): Event {
  const model = optionalText(input["model"]);
  const effort = optionalText(input["effort"]);
  const background = input["run_in_background"];
  const words = textOf(input["prompt"]).trim();
  const prompt = words === "" ? undefined : hashText(words);
  if (prompt !== undefined) state.calls = [...state.calls, { id, prompt }].slice(-MOST_CALLS);
  return {
    kind: "agent-call",
    ...seen,
    id,
    agent: textOf(input["subagent_type"]) || "general-purpose",
    ...(prompt !== undefined && { prompt }),
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
    ...(typeof background === "boolean" && { background }),
  };
}

function observePlan({ id, input }: ToolUse, seen: Seen): Event {
  const plan = textOf(input["plan"]).trim();
  return { kind: "plan", ...seen, step: "proposed", id, ...(plan !== "" && { plan: hashText(plan) }) };
}

function observeEdit({ id, name, input }: ToolUse, seen: Seen, root: string): Event[] {
  const at = editOf(id, textOf(input["file_path"] ?? input["notebook_path"]), seen, root);
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

/** Returns what an edit is without its texts. */
function editOf(id: string, file: string, seen: Seen, root: string) {
  return {
    kind: "edit" as const,
    ...seen,
    id,
    file: hashPath(plainPath(file)),
    ...(isDocs(file) && { docs: true as const }),
    ...(isPlanFile(file) && { plan: true as const }),
    ...(!isInside(plainPath(root), file) && { outside: true as const }),
  };
}

/** A call of Edit or Write whose texts nobody parsed. */
export interface HashedEdit {
  id: string;
  file: string;
  /** What it replaces; undefined if it writes a whole file. */
  before: HashedText | undefined;
  after: HashedText;
}

/** Returns the event of such a call. */
export function observeHashedEdit({ id, file, before, after }: HashedEdit, seen: Seen, root: string): Event {
  const at = editOf(id, file, seen, root);
  if (before) return { ...at, ...compareHashed(before, after) };
  return { ...at, ...compareHashed(NOTHING, after), before: 0, whole: true };
}

const NOTHING: HashedText = { hash: 0, lines: 0, said: new Set() };
