import { UsageError } from "../errors.ts";

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `30m`, `2h` in ms; a number alone is seconds. Throws UsageError. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text.trim());
  const ms = match ? Number(match[1]) * (UNITS_MS[match[2] || "s"] ?? 0) : 0;
  if (ms > 0) return ms;
  throw new UsageError(`--${option}: invalid duration "${text}"`, {
    hint: "Expected one such as 90s, 30m or 2h.",
  });
}
