import { DAY_MS } from "../../domain/calendar.ts";
import type { Bill } from "../../domain/bill.ts";
import { borderBelow, NO_USAGE, promptTokens, type Tokens, type Usage } from "../../domain/usage.ts";
import type { RequestRow } from "../../domain/session-input.ts";

/** Adds up requests that every model prices alike; `borders` as promptBorders returns them. */
export function toBills(requests: readonly RequestRow[], borders: readonly number[]): Bill[] {
  const bills = new Map<string, Bill>();
  for (const row of requests) {
    const { model, at, usage, effort = "", costNano } = row;
    const day = Math.floor(at / DAY_MS);
    const promptAbove = borderBelow(promptTokens(usage), borders);
    const terms = `${row.fast} ${row.usOnly} ${row.batch} ${costNano === undefined}`;
    const key = `${model} ${day} ${promptAbove} ${terms} ${effort}`;
    let bill = bills.get(key);
    if (!bill) bills.set(key, (bill = newBill(row, day * DAY_MS, promptAbove)));
    if (!row.part) bill.requests++;
    bill.usage = addUsage(bill.usage, usage);
    if (costNano !== undefined) bill.costNano = (bill.costNano ?? 0) + costNano;
  }
  return [...bills.values()];
}

function newBill({ model, fast, usOnly, batch, effort }: RequestRow, day: number, promptAbove: number): Bill {
  return {
    model,
    day: new Date(day).toISOString().slice(0, 10),
    promptAbove,
    requests: 0,
    usage: NO_USAGE,
    ...(fast && { fast }),
    ...(usOnly && { usOnly }),
    ...(batch && { batch }),
    ...(effort !== undefined && { effort }),
  };
}

/** Adds up the tokens of requests or of bills. */
export function sumTokens(spent: readonly { usage: Usage }[]): Tokens {
  const { webSearches: _, ...tokens } = spent.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE);
  return tokens;
}

function addUsage(a: Usage, b: Usage): Usage {
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
