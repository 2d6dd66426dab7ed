import type { Clock } from "../../src/executor/clock.ts";

/** Time that passes only where somebody sleeps, or where the test says so. */
export interface VirtualClock extends Clock {
  /** Every wait that was asked for, in ms. */
  slept: number[];
  advance(ms: number): void;
  /** Timers that are set. */
  pending(): number;
}

export function createVirtualClock(start = Date.UTC(2026, 10, 20, 12)): VirtualClock {
  let now = start;
  const timers = new Map<() => void, number>();
  const slept: number[] = [];
  const advance = (ms: number): void => {
    now += ms;
    for (const [then, at] of timers)
      if (at <= now) {
        timers.delete(then);
        then();
      }
  };
  return {
    slept,
    advance,
    pending: () => timers.size,
    now: () => now,
    async sleep(delayMs) {
      slept.push(delayMs);
      advance(delayMs);
      await Promise.resolve();
    },
    after(delayMs, then) {
      timers.set(then, now + delayMs);
      return () => void timers.delete(then);
    },
  };
}
