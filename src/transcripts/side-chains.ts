import { type Fields, fieldsOf, listOf, optionalText } from "./fields.ts";

/**
 * Finds out which agent wrote an entry. Clients before 2.0.76 keep the messages of agents in the main file: marked as side chain, without an
 * id, and linked only to the entry before (docs/definitions.md, Agent run).
 */
export interface SideChains {
  /** Returns an entry of a side chain with the id of its agent, and any other entry as it is. Entries come in file order. */
  withAgent(entry: Fields): Fields;
}

/** Makes a finder. `before` yields the entries in front of the first one that it is given, and is called only if they matter. */
export function createSideChains(before: () => Iterable<Fields | undefined> = () => []): SideChains {
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
      if (!isWhole) for (const earlier of before()) if (earlier && isSideChain(earlier)) agentOf(earlier);
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
