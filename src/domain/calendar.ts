/** Days in a time zone. Calendar days are written `2026-11-21`. */

const DAY_MS = 86_400_000;

/** The zone of this machine, or what the user named; undefined when there is no such zone. */
export function resolveTimezone(name?: string): string | undefined {
  if (name === "UTC" || name === "Etc/UTC") return "UTC"; // the tables of `Intl` take longer to load than a day to add up
  try {
    return new Intl.DateTimeFormat("en-US", name === undefined ? {} : { timeZone: name }).resolvedOptions()
      .timeZone;
  } catch {
    return undefined;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of `timezone` are ahead of UTC at a moment, in ms. */
function zoneOffsetMs(at: number, timezone: string): number {
  if (timezone === "UTC") return 0;
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

/** The calendar day of a moment. */
export function dayOf(at: number, timezone: string): string {
  return new Date(at + zoneOffsetMs(at, timezone)).toISOString().slice(0, 10);
}

/** The calendar day and time of a moment, to the minute: `2026-11-21 14:03`. */
export function minuteOf(at: number, timezone: string): string {
  return new Date(at + zoneOffsetMs(at, timezone)).toISOString().slice(0, 16).replace("T", " ");
}

/** The first moment of a calendar day, in ms since the epoch. */
export function startOfDay(day: string, timezone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const guess = utc - zoneOffsetMs(utc, timezone);
  return utc - zoneOffsetMs(guess, timezone);
}

/** The day `days` after another (before it, where negative). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A stretch of time over which the offset of a zone stays the same; `until` is exclusive. */
export interface OffsetStretch {
  until: number;
  offsetMs: number;
}

/** The offsets of a zone from `from` to `to`, to the minute of each change. The last stretch has no end. */
export function offsetStretches(from: number, to: number, timezone: string): OffsetStretch[] {
  const stretches: OffsetStretch[] = [];
  let offsetMs = zoneOffsetMs(from, timezone);
  for (let start = from; start < to; start += DAY_MS) {
    const next = Math.min(start + DAY_MS, to);
    const changed = zoneOffsetMs(next, timezone);
    if (changed === offsetMs) continue;
    stretches.push({ until: changeBetween(start, next, timezone), offsetMs });
    offsetMs = changed;
  }
  return [...stretches, { until: Number.POSITIVE_INFINITY, offsetMs }];
}

function changeBetween(start: number, end: number, timezone: string): number {
  const before = zoneOffsetMs(start, timezone);
  let [low, high] = [Math.floor(start / 60_000), Math.ceil(end / 60_000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zoneOffsetMs(middle * 60_000, timezone) === before) low = middle;
    else high = middle;
  }
  return high * 60_000;
}
