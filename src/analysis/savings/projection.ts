import type { NanoUsd } from "../../domain/money.ts";

/** Money of a period carried on to a month of 30 days and a year of twelve of them. */
export interface Projection {
  /** The amount of 30 days. */
  month: MoneyInterval;
  /** The amount of 360 days. */
  year: MoneyInterval;
  /** Days with activity. */
  activeDays: number;
  /** All days of the period. */
  days: number;
}

/** One day does not show how much days differ: then only `mid` is known. */
export interface MoneyInterval {
  /** The lower end of the 95 % interval, in nano-dollars. */
  lowNano: NanoUsd | null;
  /** The mean, in nano-dollars. */
  midNano: NanoUsd;
  /** The upper end of the 95 % interval, in nano-dollars. */
  highNano: NanoUsd | null;
}

/**
 * Carried on from the days of the period: the mean per day with the interval of its standard error (normal, 95 %), days
 * without activity counted as zero. `days` is the length of the period.
 */
export function project(byActiveDay: readonly NanoUsd[], days: number): Projection {
  const length = Math.max(days, byActiveDay.length, 1);
  const mean = byActiveDay.reduce((sum, value) => sum + value, 0) / length;
  const squares =
    byActiveDay.reduce((sum, value) => sum + (value - mean) ** 2, 0) +
    (length - byActiveDay.length) * mean ** 2;
  const error = length > 1 ? Math.sqrt(squares / (length - 1) / length) : undefined;
  const over = (span: number): MoneyInterval => ({
    lowNano: error === undefined ? null : Math.max(0, mean - Z95 * error) * span,
    midNano: mean * span,
    highNano: error === undefined ? null : (mean + Z95 * error) * span,
  });
  return { month: over(30), year: over(12 * 30), activeDays: byActiveDay.length, days: length };
}

const Z95 = 1.96;
