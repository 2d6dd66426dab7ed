/** Time, as an argument: tests pass their own. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** ms since any moment, for durations: nobody sets it (default: `now`). */
  monotonic?(): number;
  /** Resolves after `delayMs`, or at once when `signal` aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `then` after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, then: () => void): () => void;
}

/** Longer delays than a timer can hold would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns the time for durations, in whole ms: a clock that is set meanwhile does not change it. */
export function elapsed(clock: Clock): number {
  return Math.round(clock.monotonic?.() ?? clock.now());
}

export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(delayMs, LONGEST_MS));
      signal.addEventListener("abort", done, { once: true });
    }),
  after: (delayMs, then) => {
    const timer = setTimeout(then, Math.min(delayMs, LONGEST_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Returns a signal that aborts with `parent` or after `delayMs`; `release` lets go of both. */
export function deadlineSignal(
  clock: Clock,
  parent: AbortSignal | undefined,
  delayMs: number,
): { signal: AbortSignal; timedOut: () => boolean; release: () => void } {
  const controller = new AbortController();
  let timedOut = false;
  const follow = (): void => controller.abort(parent?.reason);
  const cancel = clock.after(delayMs, () => {
    timedOut = true;
    controller.abort(new Error(`no end after ${delayMs} ms`));
  });
  if (parent?.aborted) follow();
  else parent?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => timedOut,
    release: () => {
      cancel();
      parent?.removeEventListener("abort", follow);
    },
  };
}

/** Resolves as `work` does, or rejects with the signal's reason as soon as it aborts, whether or not the work listens. */
export async function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const fail = (): void => reject(signal.reason as Error);
  if (signal.aborted) fail();
  else signal.addEventListener("abort", fail, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", fail);
  }
}
