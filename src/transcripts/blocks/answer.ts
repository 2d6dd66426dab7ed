import { contentName, SKILL_TOOL, withoutSeparator } from "../../domain/content-name.ts";
import { fnv1a } from "../../domain/hash.ts";
import type { TranscriptBlock } from "../../domain/ledger-input.ts";
import { type Fields, textOf } from "../fields.ts";
import { plainSkill, skillCalled } from "../offered.ts";
import { activityOf, isCommit, programCalled } from "./activity.ts";
import type { MeasuredBlock } from "./measured-block.ts";
import { rememberCall, type Thread } from "./thread.ts";

/** Adds the blocks of an answer, by the id of its message; `types` learns which call started which type of agent. */
export function readAnswer(
  id: string,
  blocks: readonly MeasuredBlock[],
  thread: Thread,
  types: Map<string, string>,
  line: number,
): void {
  const at = { line, answer: firstLineOf(id, thread, line) };
  for (const block of blocks) {
    if (block.kind === "text") addText(block, thread, at);
    else if (block.kind === "thinking") thread.add({ kind: "thinking", name: "", size: block.size, ...at });
    else if (block.kind === "call") addCall(block, thread, types, at);
    else if (block.kind === "server-result")
      thread.add({ kind: "result", name: "server", size: block.size, line });
  }
}

type Where = Pick<TranscriptBlock, "line"> & { answer: number };

function addText({ text, size }: MeasuredBlock & { kind: "text" }, thread: Thread, at: Where): void {
  thread.texts.add(text);
  thread.add({ kind: "answer", name: "", size, ...at });
}

/** The line of the first entry of a message. A new message makes what came before it known. */
function firstLineOf(id: string, thread: Thread, line: number): number {
  const { answers, texts, explores } = thread;
  const first = answers.get(id);
  if (first !== undefined) return first;
  answers.set(id, line);
  texts.answerBegins();
  thread.explores = { now: false, before: explores.now };
  thread.command = "";
  return line;
}

function addCall(
  { id, name: fullName, input, size }: MeasuredBlock & { kind: "call" },
  thread: Thread,
  types: Map<string, string>,
  at: Where,
): void {
  const tool = withoutSeparator(fullName.slice(0, LONGEST_NAME));
  const target = targetOf(input);
  const activity = activityOf(tool, input);
  if (activity === "delegate") types.set(id, textOf(input["subagent_type"]) || "general-purpose");
  if (isCommit(tool, input)) thread.mark("commit", at.line);
  const inner = innerOf(tool, input);
  if (tool === SKILL_TOOL) {
    thread.mark("skill", at.line);
    rememberCall(thread.skills, id, inner);
  }
  const name = contentName(tool, inner);
  rememberCall(thread.pending, id, { name, target });
  if (activity === "explore") thread.explores.now = true;
  // Only a call right after another look-up could have been made with it.
  const known = activity === "explore" && thread.explores.before && wasKnown(input, thread);
  thread.add({
    kind: "call",
    name,
    size: CALL_FRAME + tool.length + size,
    activity,
    ...(target !== 0 && { target }),
    ...(known && { known: true as const }),
    ...at,
  });
}

/** The program of a shell call, the skill that a call loads; empty for other calls. */
function innerOf(tool: string, input: Fields): string {
  return tool === SKILL_TOOL ? plainSkill(skillCalled(input)) : programCalled(tool, input);
}

const LONGEST_NAME = 100;
/** Characters that a call takes besides its name and input: tags, id, names of fields. */
const CALL_FRAME = 50;

/** The hash of the file that a call reads or writes; 0 if it names none. */
function targetOf(input: Fields): number {
  const path = textOf(input["file_path"]) || textOf(input["notebook_path"]);
  return path === "" ? 0 : fnv1a(path);
}

const SHORTEST_ARGUMENT = 6;

/** Returns whether the file or pattern of a call stood in the conversation before the results of the former answer. */
function wasKnown(input: Fields, { texts }: Thread): boolean {
  const path = textOf(input["file_path"]).split(/[\\/]/).slice(-2).join("/");
  const argument = path || textOf(input["pattern"]);
  return argument.length >= SHORTEST_ARGUMENT && texts.knew(argument);
}
