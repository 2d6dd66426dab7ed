/**
 * Money is held in nano-dollars: $0.10 per million tokens is exactly 100 per token. Half-price batches and the US-only
 * factor can leave a quarter of one; those are exact in a double, so sums stay exact as well.
 */
export type NanoUsd = number;

const NANO = 1e9;

/** Dollars with up to nine decimals, as JSON shows them. */
export function toUsd(nano: NanoUsd): number {
  return Math.round(nano) / NANO;
}

export function fromUsd(usd: number): NanoUsd {
  return Math.round(usd * NANO);
}
