import type { NanoUsd } from "../domain/money.ts";

let currency = { code: "USD", sign: "$", perDollar: 1, decimals: 2 };

const SIGNS: Readonly<Record<string, string>> = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹" };

/** Currencies whose unit has another number of decimals than two. */
const DECIMALS = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
} as const;

function decimalsOf(code: string): number {
  if (DECIMALS[0].includes(code)) return 0;
  return DECIMALS[3].includes(code) ? 3 : 2;
}

/** Sets the currency of all amounts that people see; programs always get dollars. */
export function useCurrency({ code, perDollar }: { code: string; perDollar: number }): void {
  currency = { code, perDollar, sign: SIGNS[code] ?? `${code} `, decimals: decimalsOf(code) };
}

/** Returns the currency of amounts and its rate, where that is not the dollar. */
export function currencyText(): string | undefined {
  const { code, perDollar } = currency;
  return code === "USD" && perDollar === 1 ? undefined : `${code} at ${perDollar} per dollar`;
}

/**
 * Formats an amount for people, in their currency: `$1,234.56`. By default there are more digits where cents would show nothing
 * (`$0.0042`). `fixed` is the number of digits of a dollar; other currencies have as many more or fewer as their unit has.
 */
export function formatUsd(nano: NanoUsd, fixed?: 0 | 2 | 4): string {
  const { decimals, perDollar } = currency;
  const amount = nano * perDollar;
  const isTiny = amount !== 0 && Math.abs(amount) < 10 ** (9 - decimals);
  const digits = fixed === 0 ? 0 : decimals + (fixed === undefined ? (isTiny ? 2 : 0) : fixed - 2);
  const units = String(Math.round(Math.abs(amount) / 10 ** (9 - digits))).padStart(digits + 1, "0");
  const [whole, part] = [units.slice(0, units.length - digits), units.slice(units.length - digits)];
  return `${amount < 0 ? "-" : ""}${currency.sign}${grouped(whole)}${part === "" ? "" : `.${part}`}`;
}

/** Formats an amount with cents only below ten dollars. */
export function formatRoundUsd(nano: NanoUsd): string {
  return Math.abs(nano) < 1e10 ? formatUsd(nano) : formatUsd(nano, 0);
}

/** Formats an amount that is only about right: `$88`, `-$4.20`, `$0.42`. */
export function formatRoughUsd(nano: NanoUsd): string {
  const isLarge = Math.abs(nano * currency.perDollar) >= 9.995e9;
  return isLarge ? formatUsd(nano, 0) : formatUsd(Math.abs(nano * currency.perDollar) < 5e6 ? 0 : nano, 2);
}

/** Formats an interval of amounts: `$63–88`, `-$13 to $182`. */
export function formatUsdRange(low: NanoUsd, high: NanoUsd, format = formatRoughUsd): string {
  const [from, to] = [format(low), format(high)];
  if (low < 0 || !to.startsWith(currency.sign)) return `${from} to ${to}`;
  return `${from}–${to.slice(currency.sign.length)}`;
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

/** A number with its noun: `1 session`, `12,345 sessions`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
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
