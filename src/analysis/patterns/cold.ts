import type { NanoUsd } from "../../domain/money.ts";
import type { RequestRow, ThreadInput } from "../../domain/session-input.ts";
import { promptTokens } from "../../domain/usage.ts";
import { ratesFor } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";

/** A cache that was paid for without use. */
export interface ColdCache {
  file: string;
  line: number;
  cause: "pause" | "never-read";
  tokens: number;
  costNano: NanoUsd;
}

const FIVE_MINUTES = 300_000;
const ONE_HOUR = 3_600_000;
/** Less than this is not worth a word. */
const LEAST_TOKENS = 10_000;

/** Context written again after the cache had gone, and an hour's writes that nothing read afterwards. */
export function findColdCaches({ file, requests }: ThreadInput, models: ModelTable): ColdCache[] {
  const rows = requests.filter(({ part, copied }) => !part && !copied).toSorted((a, b) => a.line - b.line);
  const found: ColdCache[] = [];
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    const gone = before && goneAfterPause(before, row);
    if (gone)
      found.push({ file, line: row.line, cause: "pause", tokens: gone, costNano: extra(row, gone, models) });
  });
  const last = rows.at(-1);
  const unread = last?.usage.cacheWrite1h ?? 0;
  if (last && rows.length === 1 && unread >= LEAST_TOKENS)
    found.push({
      file,
      line: last.line,
      cause: "never-read",
      tokens: unread,
      costNano: surplus(last, unread, models),
    });
  return found;
}

/** Tokens that the request before had in the cache and this one wrote again, on the same model. */
function goneAfterPause(before: RequestRow, row: RequestRow): number | undefined {
  if (before.model !== row.model) return undefined;
  const pause = row.at - before.at;
  const lifetime = before.usage.cacheWrite1h > 0 ? ONE_HOUR : FIVE_MINUTES;
  if (pause < lifetime) return undefined;
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
