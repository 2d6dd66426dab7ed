import { DAY_MS } from "../../domain/calendar.ts";
import type { Bill } from "../../domain/bill.ts";
import {
  addUsage,
  borderBelow,
  NO_USAGE,
  promptTokens,
  type Tokens,
  type Usage,
} from "../../domain/usage.ts";
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
    if (!bill) bills.set(key, (bill = newBill(row, dayName(day), promptAbove)));
    if (!row.part) bill.requests++;
    addUsage(bill.usage, usage);
    if (costNano !== undefined) bill.costNano = (bill.costNano ?? 0) + costNano;
  }
  return [...bills.values()];
}

/** There are few days, and formatting one takes longer than adding up a task. */
const dayNames = new Map<number, string>();

function dayName(day: number): string {
  let name = dayNames.get(day);
  if (name === undefined) dayNames.set(day, (name = new Date(day * DAY_MS).toISOString().slice(0, 10)));
  return name;
}

function newBill({ model, fast, usOnly, batch, effort }: RequestRow, day: string, promptAbove: number): Bill {
  return {
    model,
    day,
    promptAbove,
    requests: 0,
    usage: { ...NO_USAGE },
    ...(fast && { fast }),
    ...(usOnly && { usOnly }),
    ...(batch && { batch }),
    ...(effort !== undefined && { effort }),
  };
}

/** Adds up the tokens of requests or of bills. */
export function sumTokens(spent: readonly { usage: Usage }[]): Tokens {
  const sum = { ...NO_USAGE };
  for (const { usage } of spent) addUsage(sum, usage);
  const { webSearches: _, ...tokens } = sum;
  return tokens;
}
