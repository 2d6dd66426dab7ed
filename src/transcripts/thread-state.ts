import { type Fields, contentText, fieldsOf } from "./fields.ts";
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
  if (entry["type"] === "assistant") return goesOn(message["stop_reason"]) ? "working" : "waiting";
  if (entry["type"] !== "user" || entry["isMeta"] === true) return undefined;
  const text = contentText(message["content"]);
  if (OF_CLIENT.test(text)) return undefined;
  return INTERRUPTED.test(text) ? "waiting" : "working";
}

/** An answer without a reason to stop is still being written. */
function goesOn(stop: unknown): boolean {
  return stop === "tool_use" || stop === "pause_turn" || stop === null || stop === undefined;
}
