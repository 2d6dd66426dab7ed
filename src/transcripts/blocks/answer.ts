import { fnv1a } from "../../domain/hash.ts";
import type { TranscriptBlock } from "../../domain/ledger-input.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { activityOf, isCommit } from "./activity.ts";
import { inputSize } from "./sizes.ts";
import { rememberCall, type Thread } from "./thread.ts";

/** Adds the blocks of an assistant entry; `types` learns which call started which type of agent. */
export function readAnswer(entry: Fields, thread: Thread, types: Map<string, string>, line: number): void {
  const message = fieldsOf(entry["message"]);
  if (message["model"] === "<synthetic>") return thread.mark("error", line);
  const answer = firstLineOf(message, entry, thread, line);
  for (const block of listOf(message["content"]).map(fieldsOf)) {
    const at = { line, answer };
    switch (block["type"]) {
      case "text":
        addText(textOf(block["text"]), thread, at);
        break;
      case "thinking":
      case "redacted_thinking":
        thread.add({ kind: "thinking", name: "", size: textOf(block["thinking"]).length, ...at });
        break;
      case "tool_use":
      case "server_tool_use":
      case "mcp_tool_use":
        addCall(block, thread, types, at);
        break;
      case "fallback":
        break;
      default:
        // The results of tools that run on the server stand in the answer.
        if (textOf(block["type"]).endsWith("_result"))
          thread.add({ kind: "result", name: "server", size: inputSize(block["content"]), line });
    }
  }
}

type Where = Pick<TranscriptBlock, "line"> & { answer: number };

function addText(text: string, thread: Thread, at: Where): void {
  thread.texts.add(text);
  thread.add({ kind: "answer", name: "", size: text.length, ...at });
}

/** The line of the first entry of a message. A new message makes what came before it known. */
function firstLineOf(message: Fields, entry: Fields, thread: Thread, line: number): number {
  const { answers, texts, explores } = thread;
  const id = textOf(message["id"]) || textOf(entry["uuid"]);
  const first = answers.get(id);
  if (first !== undefined) return first;
  answers.set(id, line);
  texts.answerBegins();
  thread.explores = { now: false, before: explores.now };
  return line;
}

function addCall(block: Fields, thread: Thread, types: Map<string, string>, at: Where): void {
  const name = textOf(block["name"]).slice(0, LONGEST_NAME);
  const input = fieldsOf(block["input"]);
  const id = textOf(block["id"]);
  const target = targetOf(input);
  const activity = activityOf(name, input);
  if (activity === "delegate") types.set(id, textOf(input["subagent_type"]) || "general-purpose");
  if (isCommit(name, input)) thread.mark("commit", at.line);
  if (name === "Skill") thread.mark("skill", at.line);
  rememberCall(thread, id, { name, target });
  if (activity === "explore") thread.explores.now = true;
  // Only a call right after another look-up could have been made with it.
  const known = activity === "explore" && thread.explores.before && wasKnown(input, thread);
  thread.add({
    kind: "call",
    name,
    size: CALL_FRAME + name.length + inputSize(input),
    activity,
    ...(target !== 0 && { target }),
    ...(known && { known: true as const }),
    ...at,
  });
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
