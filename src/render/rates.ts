import type { Rate } from "../domain/rate.ts";
import { escalationFields } from "../domain/rate.ts";
import { formatShare } from "./numbers.ts";

/** From this many tasks on a rate is shown with its value; below, only the interval is (docs/definitions.md). */
const ENOUGH = 20;

/** `97.2% (94–99)`, or `80–99%` where there are too few for a value, or `–`. */
export function formatRate({ value, low, high }: Rate, trials: number): string {
  if (value === null || low === null || high === null) return "–";
  const interval = `${Math.round(low * 100)}–${Math.round(high * 100)}`;
  return trials < ENOUGH ? `${interval}%` : `${formatShare(value)} (${interval})`;
}

/** The fields of a rate in JSON, rounded to what they can say. */
export function rateFields({ value, low, high }: Rate): Rate {
  return { value: round(value), low: round(low), high: round(high) };
}

/** A row with its rates as JSON has them; the escalation rate under its former name, too. */
export function withRates({
  successRate,
  escalationRate,
  ...row
}: {
  successRate: Rate;
  escalationRate: Rate;
}): object {
  return {
    ...row,
    successRate: rateFields(successRate),
    ...escalationFields(rateFields(escalationRate)),
  };
}

function round(share: number | null): number | null {
  return share === null ? null : Math.round(share * 1e6) / 1e6;
}
