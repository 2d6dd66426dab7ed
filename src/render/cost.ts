import type { JudgedTask } from "../domain/judged-task.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { formatUsd } from "./numbers.ts";

/** The cost of some requests. */
export interface Cost {
  /** Of the requests with a known price. */
  costNano: NanoUsd;
  /** Number of requests without one. */
  unpriced: number;
}

/** The words in place of an amount that nobody knows. */
export const NO_PRICE = "no price";

/** Returns dollars for a table; what has no price does not cost $0.00. */
export function formatCost(cost: Cost): string {
  return hasPrice(cost) ? formatUsd(cost.costNano) : NO_PRICE;
}

/** Returns dollars for JSON: null if no request has a known price. */
export function costUsd(cost: Cost): number | null {
  return hasPrice(cost) ? toUsd(cost.costNano) : null;
}

/** Returns an amount for a table; a dash where it is not known. */
export function usdOrDash(nano: NanoUsd | null | undefined): string {
  return nano === null || nano === undefined ? "–" : formatUsd(nano);
}

/** Returns an amount for JSON and CSV; null where it is not known. */
export function usdOrNull(nano: NanoUsd | null | undefined): number | null {
  return nano === null || nano === undefined ? null : toUsd(nano);
}

/** Returns dollars for CSV. */
export function costCell(cost: Cost): number | string {
  return costUsd(cost) ?? NO_PRICE;
}

/** Returns what some tasks cost, without their agent runs. */
export function costOf(tasks: readonly JudgedTask[]): Cost {
  const bills = tasks.flatMap((task) => task.bills);
  return {
    costNano: sum(tasks.map(({ costNano }) => costNano)),
    unpriced: sum(bills.map(({ costNano, requests }) => (costNano === undefined ? requests : 0))),
  };
}

function hasPrice({ costNano, unpriced }: Cost): boolean {
  return unpriced === 0 || costNano !== 0;
}
