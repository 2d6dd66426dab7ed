import type { NanoUsd } from "../domain/money.ts";

/** Dollars for people: `$1,234.56`, and more digits where cents would show nothing (`$0.0042`). */
export function formatUsd(nano: NanoUsd): string {
  const digits = nano !== 0 && Math.abs(nano) < 1e7 ? 4 : 2;
  const units = String(Math.round(Math.abs(nano) / 10 ** (9 - digits))).padStart(digits + 1, "0");
  return `${nano < 0 ? "-" : ""}$${grouped(units.slice(0, -digits))}.${units.slice(-digits)}`;
}

/** By hand: `Intl` takes longer to load than a whole table to draw. */
function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** Token counts for people: `950`, `12.3K`, `4.56M`, `1.20B`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 1e6) return `${(count / 1e3).toFixed(1)}K`;
  if (count < 1e9) return `${(count / 1e6).toFixed(2)}M`;
  return `${(count / 1e9).toFixed(2)}B`;
}

/** A whole number with separators: `12,345`. */
export function formatInteger(count: number): string {
  return grouped(String(Math.round(count)));
}

/** A share of 0 to 1 as `12.3%`. */
export function formatShare(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}%`;
}

/** Milliseconds as `850ms`, `12s`, `4m 05s`, `2h 10m`, `3d 4h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h ${pad(Math.floor((seconds % 3600) / 60))}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
