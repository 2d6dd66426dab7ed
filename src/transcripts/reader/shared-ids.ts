import type { Usage } from "../../domain/usage.ts";
import { isUnique, type RequestEntry } from "./request.ts";

/**
 * Separates the answers of one file whose entries name a message id and nothing else: several answers can have it. Entries of one answer
 * have the same prompt, and each is linked to one before or is on the next line, unless the id is too long to be that of several answers:
 * the result of a tool can be between the entries of an answer.
 */
export interface SharedIds {
  /** Returns the key of the answer that an entry is part of: `~`, its message id and the uuid of its first entry. */
  keyOf(entry: RequestEntry): string;
}

interface SharedAnswer {
  key: string;
  id: string;
  prompt: string;
  /** Agent, and line of the last entry. */
  agentId: string;
  line: number;
}

/** Makes a finder. `before` yields the entries in front of the first one that it is given, and is called only if they matter. */
export function createSharedIds(before: () => Iterable<RequestEntry> = () => []): SharedIds {
  /** The answer of each entry, by uuid. */
  const answers = new Map<string, SharedAnswer>();
  const byId = new Map<string, SharedAnswer>();
  let last: SharedAnswer | undefined;
  let isWhole = false;
  function take({ link, usage, line, context: { agentId } }: RequestEntry): string {
    const { id, uuid, parent } = link;
    const prompt = promptOf(usage);
    const isSame = (answer: SharedAnswer | undefined): answer is SharedAnswer =>
      answer !== undefined && answer.id === id && answer.prompt === prompt;
    const linked = answers.get(uuid) ?? answers.get(parent);
    const next = last?.line === line - 1 && last.agentId === agentId ? last : undefined;
    const answer = [linked, next, isUnique(id) ? byId.get(id) : undefined].find(isSame) ?? {
      key: `~${id}:@${uuid}`,
      id,
      prompt,
      agentId,
      line,
    };
    answer.line = line;
    answers.set(uuid, answer);
    byId.set(id, answer);
    last = answer;
    return answer.key;
  }
  return {
    keyOf(entry) {
      if (!isWhole) for (const earlier of before()) if (earlier.key === "") take(earlier);
      isWhole = true;
      return take(entry);
    },
  };
}

function promptOf({ input, cacheWrite5m, cacheWrite1h, cacheRead }: Usage): string {
  return [input, cacheWrite5m, cacheWrite1h, cacheRead].join(" ");
}
