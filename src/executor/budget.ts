import { toUsd, fromUsd, type NanoUsd } from "../domain/money.ts";

/** Limits in dollars. A soft one is told; an attempt that could pass a hard one is not made. */
export interface Budget {
  softUsd?: number;
  hardUsd?: number;
}

export interface Budgets {
  run?: Budget;
  /** All attempts since midnight UTC, of every process that shares the telemetry. */
  day?: Budget;
}

export type BudgetScope = "run" | "day";

/** What an attempt would do to the limits. */
export type BudgetAnswer =
  | { kind: "within"; passedSoft: { scope: BudgetScope; softUsd: number; spentUsd: number }[] }
  | { kind: "over"; why: string };

export interface Spending {
  run: NanoUsd;
  /** With what attempts on the way may cost. */
  day: NanoUsd;
}

/**
 * Holds the most that an attempt can cost against the limits. An attempt without a price cannot be kept under a hard
 * limit, so it is over it.
 */
export function checkBudgets(budgets: Budgets, spent: Spending, mostNano: NanoUsd | undefined): BudgetAnswer {
  const passedSoft: { scope: BudgetScope; softUsd: number; spentUsd: number }[] = [];
  for (const scope of ["run", "day"] as const) {
    const { softUsd, hardUsd } = budgets[scope] ?? {};
    if (hardUsd !== undefined) {
      const limit = `the hard budget per ${scope} of $${hardUsd}`;
      if (mostNano === undefined)
        return { kind: "over", why: `${limit} cannot be kept: the price is not known` };
      if (spent[scope] + mostNano > fromUsd(hardUsd))
        return {
          kind: "over",
          why: `${limit}: $${toUsd(spent[scope])} spent, and this attempt may cost $${toUsd(mostNano)}`,
        };
    }
    if (softUsd !== undefined && spent[scope] > fromUsd(softUsd))
      passedSoft.push({ scope, softUsd, spentUsd: toUsd(spent[scope]) });
  }
  return { kind: "within", passedSoft };
}

const DAY_MS = 86_400_000;

/** Midnight UTC of the day of `at`. */
export function dayStart(at: number): number {
  return at - (at % DAY_MS);
}
