import type { Mark, ThreadBlocks } from "../../domain/ledger-input.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../fields.ts";
import { createSideChains } from "../side-chains.ts";
import { readAnswer } from "./answer.ts";
import { type MeasuredBlock, measureBlock } from "./measured-block.ts";
import { createThread, markResumed, type Thread } from "./thread.ts";
import { addResult, readAttachment, readUser } from "./user.ts";

/** Turns the entries of one transcript into content blocks: sizes, names and hashes, no text. */
export interface BlockReader {
  /** `line` is 1-based. Entries come in file order. */
  entry(entry: Fields, line: number): void;
  /** Takes a message that was not parsed. It has one block. */
  message(message: MessageHead, block: MeasuredBlock, line: number): void;
  /** Returns the threads seen so far: the main thread, and agents whose messages the file keeps or echoes. */
  take(): ThreadBlocks[];
}

/** The fields of a message about itself. */
export interface MessageHead {
  /** Empty for the main thread. */
  agentId: string;
  /** For an echo: the call that started the agent. */
  calledBy?: string;
  /** Of the entry; empty if it has none. */
  uuid: string;
  /** Of the answer, or empty. */
  id: string;
}

/** Creates a reader for one transcript. Any parsed JSON object may be handed to it. */
export function createBlockReader(): BlockReader {
  const threads = new Map<string, Thread>();
  const seen: SeenEntries = { types: new Map(), uuids: new Set() };
  const chains = createSideChains();

  const threadOf = (agentId: string): Thread => {
    const thread = threads.get(agentId) ?? createThread(agentId);
    threads.set(agentId, thread);
    return thread;
  };

  return {
    message({ agentId, calledBy, uuid, id }, block, line) {
      const thread = threadOf(agentId);
      if (calledBy !== undefined) thread.agentType ||= seen.types.get(calledBy) ?? "";
      if (isRepeated(uuid, seen)) return;
      if (block.kind === "result") addResult(block, thread, line);
      else readAnswer(id || uuid, [block], thread, seen.types, line);
    },
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
      }
    },
    take: () => contentOf(threads.values()),
  };
}

/** Returns the content of the threads that have any, in order of lines. */
function contentOf(threads: Iterable<Thread>): ThreadBlocks[] {
  return [...threads]
    .filter((thread) => firstLine(thread) < Infinity)
    .sort((a, b) => firstLine(a) - firstLine(b) || (a.agentId < b.agentId ? -1 : 1))
    .map(({ agentId, agentType, blocks, marks }) => ({ agentId, agentType, blocks, marks }));
}

/** Returns the line on which the content of a thread begins. */
function firstLine({ blocks, marks }: Thread): number {
  return Math.min(blocks[0]?.line ?? Infinity, marks[0]?.line ?? Infinity);
}

/** The facts that a transcript has shown so far, besides its threads. */
interface SeenEntries {
  /** Types of agents by the call that started them. */
  types: Map<string, string>;
  /** Copied lines and echoes come twice. */
  uuids: Set<string>;
}

function readMessage(entry: Fields, thread: Thread, seen: SeenEntries, line: number): void {
  const uuid = textOf(entry["uuid"]);
  if (isRepeated(uuid, seen)) return;
  if (entry["type"] !== "assistant") return readUser(entry, thread, line);
  const message = fieldsOf(entry["message"]);
  if (message["model"] === "<synthetic>") return thread.mark("error", line);
  const blocks = listOf(message["content"]).map((block) => measureBlock(fieldsOf(block)));
  const known = blocks.filter((block) => block !== undefined);
  readAnswer(textOf(message["id"]) || uuid, known, thread, seen.types, line);
}

function isRepeated(uuid: string, { uuids }: SeenEntries): boolean {
  return uuid !== "" && uuids.size === uuids.add(uuid).size;
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
