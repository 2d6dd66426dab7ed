import { mayBeFirstCount } from "../domain/output-count.ts";
import { type Fields, contentText, fieldsOf, listOf, textOf } from "./fields.ts";
import { searchTail } from "./tail.ts";

/** The state of a thread: it works, or it ended its turn and waits for the user or its caller. */
export type ThreadState = "working" | "waiting";

/** Reads from the end of a transcript what its thread does; undefined when it does not say or cannot be read. */
export function readThreadState(path: string): ThreadState | undefined {
  return searchTail(path, (entries) => {
    for (const entry of entries) {
      const state = stateAfter(entry);
      if (state) return state;
    }
    return undefined;
  });
}

/** Texts that the client writes for commands that no model sees. */
const OF_CLIENT = /^\s*<(?:command-name|local-command-)/;
const INTERRUPTED = /^\s*\[Request interrupted by user/;

function stateAfter(entry: Fields): ThreadState | undefined {
  const message = fieldsOf(entry["message"]);
  if (entry["type"] === "assistant") return goesOn(entry, message) ? "working" : "waiting";
  if (entry["type"] !== "user" || entry["isMeta"] === true) return undefined;
  const text = contentText(message["content"]);
  if (OF_CLIENT.test(text)) return undefined;
  return INTERRUPTED.test(text) ? "waiting" : "working";
}

/** An answer without a reason to stop is still being written, unless its client wrote no reasons: then a call goes on. */
function goesOn(entry: Fields, message: Fields): boolean {
  const stop = message["stop_reason"];
  if (stop !== null && stop !== undefined) return stop === "tool_use" || stop === "pause_turn";
  if (!mayBeFirstCount({ version: textOf(entry["version"]) })) return true;
  return listOf(message["content"]).some((block) => fieldsOf(block)["type"] === "tool_use");
}
