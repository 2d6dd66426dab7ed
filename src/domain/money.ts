/**
 * Money is held in nano-dollars: $0.10 per million tokens is exactly 100 per token. Half-price batches and the US-only
 * factor can leave a quarter of one; those are exact in a double, so sums stay exact as well.
 */
export type NanoUsd = number;

const NANO = 1e9;

/**
 * Converts nano-dollars to dollars, with up to nine decimals.
 *
 * @example
 * ```ts
 * import { toUsd } from "rolecall";
 *
 * console.log(toUsd(1_500_000)); // 0.0015
 * ```
 */
export function toUsd(nano: NanoUsd): number {
  return Math.round(nano) / NANO;
}

/**
 * Converts dollars to nano-dollars.
 *
 * @example
 * ```ts
 * import { fromUsd } from "rolecall";
 *
 * console.log(fromUsd(0.0015)); // 1500000
 * ```
 */
export function fromUsd(usd: number): NanoUsd {
  return Math.round(usd * NANO);
}
