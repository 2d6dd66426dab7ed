import type { Bill } from "../domain/bill.ts";
import { isLongPrompt, type Usage } from "../domain/usage.ts";
import type { RequestRow } from "../domain/session-input.ts";

/** Requests of one price added up. */
export function toBills(requests: readonly RequestRow[]): Bill[] {
  const bills = new Map<string, Bill>();
  for (const row of requests) {
    const day = new Date(row.at).toISOString().slice(0, 10);
    const long = isLongPrompt(row.usage);
    const key = [
      row.model,
      day,
      long,
      row.fast,
      row.usOnly,
      row.batch,
      row.effort,
      row.costNano === undefined,
    ].join();
    const before = bills.get(key);
    bills.set(key, {
      model: row.model,
      day,
      long,
      requests: (before?.requests ?? 0) + (row.part ? 0 : 1),
      usage: before ? addUsage(before.usage, row.usage) : { ...row.usage },
      ...(row.fast && { fast: true as const }),
      ...(row.usOnly && { usOnly: true as const }),
      ...(row.batch && { batch: true as const }),
      ...(row.effort !== undefined && { effort: row.effort }),
      ...(row.costNano !== undefined && { costNano: (before?.costNano ?? 0) + row.costNano }),
    });
  }
  return [...bills.values()];
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    thinking: a.thinking + b.thinking,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    cacheRead: a.cacheRead + b.cacheRead,
    webSearches: a.webSearches + b.webSearches,
  };
}
