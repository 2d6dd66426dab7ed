import { DAY_MS } from "../domain/calendar.ts";
import { fromUsd, type NanoUsd, toUsd } from "../domain/money.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";

/** Limits in dollars. The notes report a soft one that is passed; an attempt that could pass a hard one is not made. */
export interface BudgetLimits {
  /** Dollars from which on the notes report the spending. */
  softUsd?: number;
  /** Dollars that no attempt may pass. */
  hardUsd?: number;
}

/** Limits of a run and of a day. */
export interface Budgets {
  /** The limits of each run. */
  run?: BudgetLimits;
  /** All attempts since midnight UTC, of every process that shares the telemetry. */
  day?: BudgetLimits;
}

/** The scope of a limit. */
export type BudgetScope = "run" | "day";

/** A soft limit that is passed. */
export interface PassedBudget {
  /** The run or the day. */
  scope: BudgetScope;
  /** The limit in dollars. */
  softUsd: number;
  /** Dollars spent so far. */
  spentUsd: number;
}

/** The most that an attempt can cost, or why nobody can say. */
export type MostCost = NanoUsd | { unknown: string };

/** The effect of an attempt on the limits. */
export type BudgetAnswer = { kind: "within"; passedSoft: PassedBudget[] } | { kind: "over"; why: string };

export interface Spending {
  run: NanoUsd;
  /** With what attempts on their way may cost. */
  day: NanoUsd;
}

/** Throws InvalidInputError for a limit that is not an amount in dollars: nothing would ever pass it. */
export function checkLimits(limits: BudgetLimits | undefined, where: string): void {
  const problems: InputProblem[] = [];
  for (const [name, usd] of Object.entries(limits ?? {}))
    if (usd !== undefined && !(typeof usd === "number" && usd >= 0))
      problems.push({
        key: `${where}.${name}`,
        message: "not an amount in dollars",
        found: String(usd),
        expected: "a number of 0 or more",
      });
  if (problems.length > 0) throw new InvalidInputError("the budget", problems);
}

/**
 * Compares the most that an attempt can cost with the limits. An attempt whose most is not known cannot be kept under a
 * hard limit, so it is over it.
 */
export function checkBudgets(budgets: Budgets, spent: Spending, most: MostCost): BudgetAnswer {
  const passedSoft: PassedBudget[] = [];
  for (const scope of ["run", "day"] as const) {
    const { softUsd, hardUsd } = budgets[scope] ?? {};
    if (hardUsd !== undefined) {
      const limit = `the hard budget per ${scope} of $${hardUsd}`;
      if (typeof most !== "number") return { kind: "over", why: `${limit} cannot be kept: ${most.unknown}` };
      // Written so that a sum that is not a number is over the limit.
      if (!(spent[scope] + most <= fromUsd(hardUsd)))
        return {
          kind: "over",
          why: `${limit}: $${toUsd(spent[scope])} spent, and this attempt may cost $${toUsd(most)}`,
        };
    }
    if (softUsd !== undefined && spent[scope] > fromUsd(softUsd))
      passedSoft.push({ scope, softUsd, spentUsd: toUsd(spent[scope]) });
  }
  return { kind: "within", passedSoft };
}

/** Returns midnight UTC of the day of `at`, in ms since the epoch. */
export function dayStart(at: number): number {
  return at - (at % DAY_MS);
}

/** A sum of money that starts at zero each day (UTC). */
export interface DayTotal {
  add(at: number, nano: NanoUsd): void;
  /** Returns what was added since `since`, midnight of a day. */
  since(since: number): NanoUsd;
}

export function createDayTotal(): DayTotal {
  let day = 0;
  let total: NanoUsd = 0;
  return {
    add(at, nano) {
      if (dayStart(at) > day) [day, total] = [dayStart(at), 0];
      total += nano;
    },
    since: (since) => (since <= day ? total : 0),
  };
}
