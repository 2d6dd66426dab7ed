/** Days in a time zone. Calendar days are written `2026-11-21`. */

/** Milliseconds of a day of 24 hours, as days of UTC all have them. */
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** The zone that `Date` is in, where that is known. `Date` answers for it at once; the tables of `Intl` take 14 ms to load. */
let ownZone: string | undefined;

/** States the zone that `Date` is in, as the system names it. */
export function setOwnZone(name: string): void {
  ownZone = name;
}

/** Returns the zone of this machine, or the one that the user named; undefined when it is unknown. */
export function resolveTimezone(name?: string): string | undefined {
  if (name === "UTC" || name === "Etc/UTC") return "UTC";
  if (name !== undefined && name === ownZone) return name;
  try {
    return new Intl.DateTimeFormat("en-US", name === undefined ? {} : { timeZone: name }).resolvedOptions()
      .timeZone;
  } catch {
    return undefined;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns how far the clocks of `timezone` are ahead of UTC at a moment, in ms. */
function zoneOffsetMs(at: number, timezone: string): number {
  if (timezone === "UTC") return 0;
  // Offsets before 1970 can have seconds, which `Date` leaves out.
  if (timezone === ownZone && at >= 0) return new Date(at).getTimezoneOffset() * -MINUTE_MS;
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: timezone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timezone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** Returns the calendar day of a moment. */
export function dayOf(at: number, timezone: string): string {
  return new Date(at + zoneOffsetMs(at, timezone)).toISOString().slice(0, 10);
}

/** Returns the calendar day and time of a moment, to the minute: `2026-11-21 14:03`. */
export function minuteOf(at: number, timezone: string): string {
  return new Date(at + zoneOffsetMs(at, timezone)).toISOString().slice(0, 16).replace("T", " ");
}

/**
 * Returns the first moment of a calendar day, in ms since the epoch. Clocks can change at midnight: then the day begins at 01:00, or its
 * first hour comes twice.
 */
export function startOfDay(day: string, timezone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const offsets = [utc - DAY_MS, utc + DAY_MS].map((at) => zoneOffsetMs(at, timezone));
  const candidates = offsets.map((offset) => utc - offset).sort((x, y) => x - y);
  return candidates.find((at) => dayOf(at, timezone) === day) ?? (candidates.at(-1) as number);
}

/** Returns the day `days` after another; before it when negative. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Returns the day that the week of a day begins with. */
export function weekOf(day: string, weekStart: Weekday = "monday"): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -((weekday - WEEKDAYS.indexOf(weekStart) + 7) % 7));
}

/** A stretch of time over which the offset of a zone stays the same; `until` is exclusive. */
export interface OffsetStretch {
  until: number;
  offsetMs: number;
}

/**
 * Returns the offsets of a zone on some UTC days, ascending numbers since the epoch, to the minute of each change. Between the days
 * nothing is looked up, so that a day in the year 1 costs no more than any other. The last stretch has no end.
 */
export function offsetStretches(days: readonly number[], timezone: string): OffsetStretch[] {
  const stretches: OffsetStretch[] = [];
  const first = days[0] ?? 0;
  let offsetMs = zoneOffsetMs(first * DAY_MS, timezone);
  const change = (until: number, next: number) => {
    if (next === offsetMs) return;
    stretches.push({ until, offsetMs });
    offsetMs = next;
  };
  for (const day of days) {
    const [start, end] = [day * DAY_MS, (day + 1) * DAY_MS];
    change(start, zoneOffsetMs(start, timezone));
    const after = zoneOffsetMs(end, timezone);
    if (after !== offsetMs) change(changeBetween(start, end, timezone), after);
  }
  return [...stretches, { until: Number.POSITIVE_INFINITY, offsetMs }];
}

function changeBetween(start: number, end: number, timezone: string): number {
  const before = zoneOffsetMs(start, timezone);
  let [low, high] = [start / MINUTE_MS, end / MINUTE_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(middle * MINUTE_MS, timezone) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
