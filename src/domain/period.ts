import { addDays, dayOf, startOfDay } from "./calendar.ts";

/** From when to when, in ms since the epoch; `until` is exclusive. Without bounds it covers everything kept. */
export interface Period {
  since?: number;
  until?: number;
  timezone: string;
}

/**
 * The first day that a `--since` names: a date (`2026-11-01`, `20261101`), `today`, `yesterday`, or how far back with today
 * counted in (`7d`, `2w`, `3m`, `1y`). Undefined for anything else.
 */
export function parseDay(text: string, now: number, timezone: string): string | undefined {
  const today = dayOf(now, timezone);
  if (text === "today") return today;
  if (text === "yesterday") return addDays(today, -1);
  const date = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text);
  if (date) {
    const day = `${date[1]}-${date[2]}-${date[3]}`;
    const time = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : day;
  }
  const back = /^(\d{1,5})([dwmy])$/.exec(text);
  if (!back) return undefined;
  const count = Number(back[1]);
  switch (back[2]) {
    case "d":
      return addDays(today, 1 - count);
    case "w":
      return addDays(today, 1 - 7 * count);
    case "m":
      return monthsBack(today, count);
    default:
      return monthsBack(today, 12 * count);
  }
}

/** The same day of an earlier month, or the last day of it where it is shorter. */
function monthsBack(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = Date.UTC(year, month - 1 - months, 1);
  const length = new Date(Date.UTC(year, month - months, 0)).getUTCDate();
  return addDays(new Date(first).toISOString().slice(0, 10), Math.min(date, length) - 1);
}

/** The period from the start of one day to the end of another. */
export function periodOfDays(since: string | undefined, until: string | undefined, timezone: string): Period {
  return {
    timezone,
    ...(since !== undefined && { since: startOfDay(since, timezone) }),
    ...(until !== undefined && { until: startOfDay(addDays(until, 1), timezone) }),
  };
}
