import { AT, WIDTH } from "../domain/file-scan.ts";
import { LONG_PROMPT } from "../domain/usage.ts";

/**
 * Requests of one context, quarter of an hour (UTC) and side of the border of long prompts, added up: a tenth of the rows, of which
 * any sum over days can be made, for no zone's day begins within a quarter. Columns by name; the usage and the cost follow
 * on each other as they do in `AT`.
 */
export const SUM = {
  context: 0,
  /** Since the epoch. */
  quarter: 1,
  /** 1 above the border. */
  isLong: 2,
  requests: 3,
  /** Of them, how many have a known price; the cost is theirs. */
  priced: 4,
  /** Of the first and the last request, in ms since the epoch. */
  firstAt: 5,
  lastAt: 6,
  usage: 7,
  cost: 7 + AT.cost - AT.input,
} as const;
export const SUM_WIDTH = SUM.cost + 1;

export const QUARTER_MS = 900_000;

/** By row of a pack: the row that a request takes its usage from, null where it counts elsewhere. */
export type CopiesOf = ReadonlyMap<number, Float64Array | null>;

/** Adds up the rows of a pack that count there and are in a period: `SUM_WIDTH` numbers for each group. */
export function sumUp(
  numbers: Float64Array,
  copies?: CopiesOf,
  since = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): Float64Array {
  const places = new Map<number, number>();
  let sums = new Float64Array(SUM_WIDTH * 16);
  let filled = 0;
  let [lastKey, to] = [Number.NaN, 0];
  for (let start = 0; start < numbers.length; start += WIDTH) {
    const at = numbers[start + AT.at] as number;
    const copy = copies?.get(start / WIDTH);
    if (at < since || at >= until || copy === null) continue;
    const quarter = Math.floor(at / QUARTER_MS);
    const isLong = (copy ? isLongRow(copy, 0) : isLongRow(numbers, start)) ? 1 : 0;
    const context = numbers[start + AT.context] as number;
    const key = (quarter * 2 + isLong) * MOST_CONTEXTS + context;
    if (key !== lastKey) {
      const known = places.get(key);
      [lastKey, to] = [key, known ?? filled];
      if (known === undefined) {
        places.set(key, filled);
        filled += SUM_WIDTH;
        if (filled > sums.length) sums = doubled(sums);
        begin(sums, to, context, quarter, isLong);
      }
    }
    widen(sums, to, at, at);
    if (copy) addRow(sums, to, copy, 0);
    else addRow(sums, to, numbers, start);
  }
  return sums.slice(0, filled);
}

/** Of one file. */
const MOST_CONTEXTS = 1 << 20;

function isLongRow(numbers: Float64Array, start: number): boolean {
  const column = (at: number): number => numbers[start + at] as number;
  return (
    column(AT.input) + column(AT.cacheRead) + column(AT.cacheWrite5m) + column(AT.cacheWrite1h) > LONG_PROMPT
  );
}

function begin(sums: Float64Array, to: number, context: number, quarter: number, isLong: number): void {
  sums[to + SUM.context] = context;
  sums[to + SUM.quarter] = quarter;
  sums[to + SUM.isLong] = isLong;
  sums[to + SUM.firstAt] = Number.POSITIVE_INFINITY;
  sums[to + SUM.lastAt] = Number.NEGATIVE_INFINITY;
}

function addRow(sums: Float64Array, to: number, numbers: Float64Array, start: number): void {
  for (let column = AT.input; column < AT.cost; column++)
    (sums[to + SUM.usage + column - AT.input] as number) += numbers[start + column] as number;
  const cost = numbers[start + AT.cost] as number;
  if (!Number.isNaN(cost)) {
    (sums[to + SUM.cost] as number) += cost;
    (sums[to + SUM.priced] as number)++;
  }
  (sums[to + SUM.requests] as number)++;
}

function widen(sums: Float64Array, to: number, firstAt: number, lastAt: number): void {
  if (firstAt < (sums[to + SUM.firstAt] as number)) sums[to + SUM.firstAt] = firstAt;
  if (lastAt > (sums[to + SUM.lastAt] as number)) sums[to + SUM.lastAt] = lastAt;
}

/** When the first and the last of the requests were that were added up. */
export function spanOf(sums: Float64Array): { first: number; last: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let start = 0; start < sums.length; start += SUM_WIDTH) {
    first = Math.min(first, sums[start + SUM.firstAt] as number);
    last = Math.max(last, sums[start + SUM.lastAt] as number);
  }
  return { first, last };
}

/** Adds one sum to another. */
export function addSum(sums: Float64Array, to: number, more: Float64Array, from: number): void {
  for (const column of ADDED) (sums[to + column] as number) += more[from + column] as number;
  widen(sums, to, more[from + SUM.firstAt] as number, more[from + SUM.lastAt] as number);
}

const ADDED = Array.from({ length: SUM_WIDTH }, (_, column) => column).filter(
  (column) => column >= SUM.usage || column === SUM.requests || column === SUM.priced,
);

/** Room for as many sums again. */
export function doubled(sums: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * sums.length);
  more.set(sums);
  return more;
}
