import type { Projection } from "../analysis/savings/projection.ts";
import type { NanoUsd } from "../domain/money.ts";

/** The savings, compared with the time that they took. */
export interface SavingsWorth {
  /** Dollars that an hour costs. */
  hourlyRateUsd: number;
  /** Hours that were spent. */
  hoursSpent: number;
  /** Days until the savings have paid for the time; null where nothing is saved. */
  breakEvenDays: number | null;
  /** Saved per hour spent, over a year. */
  returnPerHourNano: NanoUsd;
  /** Savings of a year ÷ what the time cost. */
  returnOnTime: number | null;
}

export interface SavingsOptions {
  /** Dollars. */
  hourlyRate?: number;
  hoursSpent?: number;
}

/** Compares projected savings with the time that they took; undefined if the user named no hourly rate. */
export function worthOf(
  savings: Projection,
  { hourlyRate, hoursSpent = 1 }: SavingsOptions,
): SavingsWorth | undefined {
  if (hourlyRate === undefined) return undefined;
  const timeNano = hourlyRate * hoursSpent * 1e9;
  const perDay = savings.month.midNano / 30;
  return {
    hourlyRateUsd: hourlyRate,
    hoursSpent,
    breakEvenDays: perDay > 0 ? timeNano / perDay : null,
    returnPerHourNano: hoursSpent > 0 ? savings.year.midNano / hoursSpent : 0,
    returnOnTime: timeNano > 0 ? savings.year.midNano / timeNano : null,
  };
}
