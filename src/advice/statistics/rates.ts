import { wilson } from "../../domain/rate.ts";

/** Tasks of one group, weighted: how many had a known outcome, and how many of those were accepted. */
export interface Count {
  accepted: number;
  known: number;
}

/** A number with its 95 % interval. */
export interface Interval {
  /** The lower end. */
  low: number;
  /** The most likely value. */
  mid: number;
  /** The upper end. */
  high: number;
}

/** One layer of comparable tasks: its share of the work, and how both assignments did in it. */
export interface Stratum {
  weight: number;
  current: Count;
  proposed: Count;
}

/**
 * The change in success rate, proposed − current, standardised to the strata's weights, which sum to 1. Each group's rate
 * has its Wilson interval; MOVER puts them together (Newcombe 1998 for one stratum, Zou and Donner 2008 for weighted sums).
 * `z` is the normal quantile of the wanted confidence.
 */
export function differenceOfRates(strata: readonly Stratum[], z: number): Interval {
  let [mid, below, above] = [0, 0, 0];
  for (const { weight, current, proposed } of strata) {
    const [before, after] = [intervalOf(current, z), intervalOf(proposed, z)];
    mid += weight * (after.mid - before.mid);
    below += weight ** 2 * ((after.mid - after.low) ** 2 + (before.high - before.mid) ** 2);
    above += weight ** 2 * ((after.high - after.mid) ** 2 + (before.mid - before.low) ** 2);
  }
  return { low: mid - Math.sqrt(below), mid, high: mid + Math.sqrt(above) };
}

function intervalOf({ accepted, known }: Count, z: number): Interval {
  const { value, low, high } = wilson(accepted, known, z);
  return { low: low ?? 0, mid: value ?? 0.5, high: high ?? 1 };
}
