import type { Usage } from "../domain/usage.ts";
import { type Fields, fieldsOf, isFields, textOf } from "./fields.ts";
import { parseRequest } from "./reader/request.ts";
import { searchTail } from "./tail.ts";

/** The last request of a session's main thread. */
export interface LastUsage {
  /** As spelled in the transcript. */
  model: string;
  /** ms since the epoch, of its last entry. */
  at: number;
  usage: Usage;
  /** The latest write to the cache is kept for an hour, and not for five minutes. */
  isHourly: boolean;
}

/**
 * Reads the last request out of the end of a transcript. Undefined if no request is found, if the context was compacted
 * after it, and where the file cannot be read.
 */
export function readLastUsage(path: string): LastUsage | undefined {
  return searchTail(path, lastUsageIn) ?? undefined;
}

/** Undefined where more has to be read; null where it is known that no request counts. */
function lastUsageIn(entries: Iterable<Fields>): LastUsage | undefined | null {
  let last: LastUsage | undefined;
  for (const entry of entries) {
    if (entry["isSidechain"] === true || entry["agentId"] !== undefined) continue;
    if (!last && (entry["isCompactSummary"] === true || entry["subtype"] === "compact_boundary")) return null;
    const found = usageOf(entry);
    if (!found) continue;
    const { cacheWrite5m, cacheWrite1h } = found.usage;
    last ??= found;
    if (cacheWrite5m + cacheWrite1h > 0) return { ...last, isHourly: cacheWrite1h > 0 };
  }
  return last;
}

function usageOf(entry: Fields): LastUsage | undefined {
  const message = fieldsOf(entry["message"]);
  const model = textOf(message["model"]);
  if (entry["type"] !== "assistant" || model === "<synthetic>" || !isFields(message["usage"]))
    return undefined;
  const request = parseRequest({ message, usage: message["usage"], entry }, 1);
  return request && { model, at: request.at, usage: request.usage, isHourly: true };
}
