import type { Mark, ThreadBlocks } from "../../domain/ledger-input.ts";
import { type Fields, fieldsOf, optionalText, textOf } from "../fields.ts";
import { createSideChains } from "../side-chains.ts";
import { readAnswer } from "./answer.ts";
import { createThread, markResumed, type Thread } from "./thread.ts";
import { readAttachment, readUser } from "./user.ts";

/** Turns the entries of one transcript into content blocks: sizes, names and hashes, no text. */
export interface BlockReader {
  /** `line` is 1-based. Entries come in file order. */
  entry(entry: Fields, line: number): void;
  /** Returns the threads seen so far: the main thread, and agents whose messages the file keeps or echoes. */
  take(): ThreadBlocks[];
}

/** Creates a reader for one transcript. Any parsed JSON object may be handed to it. */
export function createBlockReader(): BlockReader {
  const threads = new Map<string, Thread>();
  const seen: SeenEntries = { types: new Map(), uuids: new Set() };
  const chains = createSideChains();

  function threadOf(agentId: string): Thread {
    let thread = threads.get(agentId);
    if (!thread) threads.set(agentId, (thread = createThread(agentId)));
    return thread;
  }

  return {
    entry(read, line) {
      const entry = chains.withAgent(read);
      const thread = threadOf(textOf(entry["agentId"]));
      switch (entry["type"]) {
        case "assistant":
        case "user":
          return readMessage(entry, thread, seen, line);
        case "attachment":
          return readAttachment(entry, thread, line);
        case "progress":
          return readProgress(entry, threadOf, seen, line);
        case "cost-state":
          return thread.mark("resumed", line);
        case "system":
          return readSystem(entry, thread, line);
        default:
          return undefined;
      }
    },
    take: () =>
      [...threads.values()].map(({ agentId, agentType, blocks, marks }) => ({
        agentId,
        agentType,
        blocks,
        marks,
      })),
  };
}

/** The facts that a transcript has shown so far, besides its threads. */
interface SeenEntries {
  /** Types of agents by the call that started them. */
  types: Map<string, string>;
  /** Copied lines and echoes come twice. */
  uuids: Set<string>;
}

function readMessage(entry: Fields, thread: Thread, { types, uuids }: SeenEntries, line: number): void {
  const uuid = optionalText(entry["uuid"]);
  if (uuid !== undefined && uuids.size === uuids.add(uuid).size) return;
  if (entry["type"] === "assistant") readAnswer(entry, thread, types, line);
  else readUser(entry, thread, line);
}

/** Clients up to 2.1.1xx echo the messages of an agent in the transcript of its parent. */
function readProgress(
  entry: Fields,
  threadOf: (agentId: string) => Thread,
  seen: SeenEntries,
  line: number,
): void {
  const data = fieldsOf(entry["data"]);
  if (data["type"] === "hook_progress") return markResumed(textOf(data["hookName"]), threadOf(""), line);
  const inner = fieldsOf(data["message"]);
  const agentId = textOf(data["agentId"]);
  if (data["type"] !== "agent_progress" || agentId === "") return undefined;
  const thread = threadOf(agentId);
  thread.agentType ||= seen.types.get(textOf(entry["parentToolUseID"])) ?? "";
  if (inner["type"] === "assistant" || inner["type"] === "user")
    readMessage({ isSidechain: true, ...inner }, thread, seen, line);
  return undefined;
}

const SYSTEM_MARKS: Readonly<Record<string, Mark>> = {
  compact_boundary: "compaction",
  microcompact_boundary: "trim",
  api_error: "error",
  model_fallback: "error",
};

function readSystem(entry: Fields, thread: Thread, line: number): void {
  const subtype = textOf(entry["subtype"]);
  const mark = Object.hasOwn(SYSTEM_MARKS, subtype) ? SYSTEM_MARKS[subtype] : undefined;
  if (mark) thread.mark(mark, line);
}
