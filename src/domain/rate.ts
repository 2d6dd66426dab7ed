/** A share with its 95 % interval; all null when there is nothing to count. */
export interface Rate {
  /** The share, from 0 to 1. */
  value: number | null;
  /** The lower end of the interval. */
  low: number | null;
  /** The upper end of the interval. */
  high: number | null;
}

const Z95 = 1.959963984540054;

/** Wilson score interval of `hits` out of `trials` (Wilson 1927). */
export function wilson(hits: number, trials: number, z = Z95): Rate {
  if (trials === 0) return { value: null, low: null, high: null };
  const share = hits / trials;
  const z2 = z * z;
  const scale = 1 + z2 / trials;
  const center = (share + z2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials));
  return { value: share, low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** An escalation rate; version 0.1.0 also gives it under its former name. */
export interface EscalationRate<T = Rate> {
  /** Moved to a higher tier because the answer was not good enough, as a share. */
  escalationRate: T;
  /** @deprecated Read `escalationRate`; the next version removes this name. */
  fallbackRate: T;
}

/** Returns an escalation rate under its name and its former one. */
export function escalationFields<T>(rate: T): EscalationRate<T> {
  return { escalationRate: rate, fallbackRate: rate };
}
