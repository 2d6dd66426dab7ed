import { readSync } from "node:fs";
import { type Fields, fieldsOf, isFields, listOf, optionalText } from "./fields.ts";

/**
 * Finds out which agent wrote an entry. Clients before 2.0.76 keep the messages of agents in the main file: marked as side chain, without an
 * id, and linked only to the entry before (docs/definitions.md, Agent run).
 */
export interface SideChains {
  /** Returns an entry of a side chain with the id of its agent, and any other entry as it is. Entries come in file order. */
  withAgent(entry: Fields): Fields;
}

/** Makes a finder. `before` yields the entries in front of the first one that it is given, and is called only if they matter. */
export function createSideChains(before: () => Iterable<Fields> = () => []): SideChains {
  /** The agent of each entry of a side chain, by uuid. */
  const agents = new Map<string, string>();
  let last: string | undefined;
  let unnamed = 0;
  let isWhole = false;
  function agentOf(entry: Fields): string {
    const uuid = optionalText(entry["uuid"]);
    const known = agents.get(uuid ?? "") ?? agents.get(optionalText(entry["parentUuid"]) ?? "");
    // A line between may be missing. Then only a prompt begins another run.
    last =
      known ??
      (isPrompt(entry) ? undefined : last) ??
      `sidechain-${(uuid ?? String(++unnamed)).slice(0, LONGEST_ID)}`;
    if (uuid !== undefined) agents.set(uuid, last);
    return last;
  }
  return {
    withAgent(entry) {
      if (!isSideChain(entry)) return entry;
      if (!isWhole) for (const earlier of before()) if (isSideChain(earlier)) agentOf(earlier);
      isWhole = true;
      return { ...entry, agentId: agentOf(entry) };
    },
  };
}

const LONGEST_ID = 36;

/** Returns whether an agent wrote an entry whose id the entry does not have. */
function isSideChain(entry: Fields): boolean {
  return entry["isSidechain"] === true && optionalText(entry["agentId"]) === undefined;
}

function isPrompt(entry: Fields): boolean {
  const content = listOf(fieldsOf(entry["message"])["content"]).map(fieldsOf);
  return entry["type"] === "user" && !content.some(({ type }) => type === "tool_result");
}

const CHUNK_BYTES = 1 << 20;

/** Yields the entries of side chains in the first bytes of a file. */
export function* readSideChains(fd: number, end: number): Generator<Fields> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let unfinished = "";
  for (let at = 0; at < end;) {
    const read = readSync(fd, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
    if (read === 0) return;
    at += read;
    // Ids and marks are ASCII, so it does not matter that each byte becomes one character.
    const lines = (unfinished + chunk.toString("latin1", 0, read)).split("\n");
    unfinished = at < end ? (lines.pop() as string) : "";
    for (const line of lines) if (line.includes('"isSidechain":true')) yield* parse(line);
  }
}

function parse(line: string): Fields[] {
  try {
    const entry: unknown = JSON.parse(line);
    return isFields(entry) ? [entry] : [];
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return []; // torn
    throw thrown;
  }
}
