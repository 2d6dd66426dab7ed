import type { NanoUsd } from "../../domain/money.ts";
import type { RequestRow, ThreadInput } from "../../domain/session-input.ts";
import { promptTokens } from "../../domain/usage.ts";
import { ratesFor } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { cacheLifetime } from "../fallbacks/switches.ts";

/** A cache that was paid for without use. */
export interface ColdCache {
  /** ms since the epoch. */
  at: number;
  /** `main`, or the agent's id. */
  thread: string;
  model: string;
  file: string;
  line: number;
  cause: "pause" | "never-read";
  tokens: number;
  costNano: NanoUsd;
}

/** Less than this is not worth a word. */
const LEAST_TOKENS = 10_000;

/**
 * Finds context that was written again after the cache had gone, and an hour's writes that nothing read afterwards. The first request
 * after a compaction has another context, so nothing of it was in the cache.
 */
export function findColdCaches(
  { file, agentId: thread = "main", requests, events }: ThreadInput,
  models: ModelTable,
): ColdCache[] {
  const rows = requests.filter(({ part, copied }) => !part && !copied).toSorted((a, b) => a.line - b.line);
  const compactions = events.filter(({ kind }) => kind === "compact").map(({ line }) => line);
  const found: ColdCache[] = [];
  const add = (row: RequestRow, cause: ColdCache["cause"], tokens: number, costNano: NanoUsd) =>
    found.push({ at: row.at, thread, model: row.model, file, line: row.line, cause, tokens, costNano });
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (!before || compactions.some((line) => line > before.line && line <= row.line)) return;
    const gone = goneAfterPause(before, row, cacheLifetime(rows, index - 1));
    if (gone) add(row, "pause", gone, extra(row, gone, models));
  });
  const last = rows.at(-1);
  const unread = last?.usage.cacheWrite1h ?? 0;
  if (last && rows.length === 1 && unread >= LEAST_TOKENS)
    add(last, "never-read", unread, surplus(last, unread, models));
  return found;
}

/** Returns the tokens that the request before had in the cache and this one wrote again, on the same model. */
function goneAfterPause(before: RequestRow, row: RequestRow, lifetimeMs: number): number | undefined {
  if (before.model !== row.model || row.at - before.at < lifetimeMs) return undefined;
  const written = row.usage.cacheWrite5m + row.usage.cacheWrite1h;
  const tokens = Math.min(written, promptTokens(before.usage) - row.usage.cacheRead);
  return tokens >= LEAST_TOKENS ? tokens : undefined;
}

/** The price of writing them less that of reading them. */
function extra(row: RequestRow, tokens: number, models: ModelTable): NanoUsd {
  const rates = ratesOf(row, models);
  if (!rates) return 0;
  const write = row.usage.cacheWrite1h > 0 ? rates.cacheWrite1h : rates.cacheWrite5m;
  return Math.round(tokens * (write - rates.cacheRead) * 1000);
}

/** The price of an hour's write less that of plain input, which would have done. */
function surplus(row: RequestRow, tokens: number, models: ModelTable): NanoUsd {
  const rates = ratesOf(row, models);
  return rates ? Math.round(tokens * (rates.cacheWrite1h - rates.input) * 1000) : 0;
}

function ratesOf(row: RequestRow, models: ModelTable) {
  const model = models.find(row.model);
  return model && ratesFor(model, promptTokens(row.usage), { at: row.at });
}
