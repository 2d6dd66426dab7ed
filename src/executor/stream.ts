import type { RunEvent, RunResult } from "./run.ts";

/** A run as it happens. Ends with the run; throws what the run threw. Leaving the loop early aborts the run. */
export interface RunStream<M = unknown> extends AsyncIterable<RunEvent> {
  /** The same result as that of `run`; rejects with the same errors. */
  readonly result: Promise<RunResult<M>>;
}

/** Turns a run that emits events into a stream of them. */
export function streamOf<M>(
  start: (emit: (event: RunEvent) => void, signal: AbortSignal) => Promise<RunResult<M>>,
): RunStream<M> {
  const waiting: RunEvent[] = [];
  const leaving = new AbortController();
  let wake: (() => void) | undefined;
  let over = false;
  const result = start((event) => {
    waiting.push(event);
    wake?.();
  }, leaving.signal);
  const end = (): void => {
    over = true;
    wake?.();
  };
  // A caller that reads only the events must not get an unhandled rejection.
  result.then(end, end);
  async function* events(): AsyncGenerator<RunEvent> {
    try {
      for (;;) {
        const event = waiting.shift();
        if (event) yield event;
        else if (over) break;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      await result;
    } finally {
      if (!over) leaving.abort(new Error("the reader left"));
    }
  }
  return { result, [Symbol.asyncIterator]: events };
}
