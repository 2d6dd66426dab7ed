import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import {
  type ScanJob,
  scanFile,
  type ScanResult,
  scanWatched,
  type WatchedJob,
  type WatchedResult,
} from "./scan.ts";

/** A job and how many bytes it will read, as far as is known beforehand. */
export type Sized<J> = J & { bytes: number };

/** Another thread takes about 50 ms to start: less than this is read sooner without. */
const BYTES_WORTH_THREADS = 24 << 20;
const BATCH_BYTES = 8 << 20;
/** This one among them. */
const MOST_THREADS = 4;

/**
 * Reads many files, on this thread and, where that pays, on others. `onResult` is called on this thread, in no certain order; what it
 * throws ends the reading and is thrown from here.
 */
export function scanFiles<J extends Sized<ScanJob>>(
  jobs: readonly J[],
  onResult: OnResult<J, ScanResult>,
): Promise<void> {
  const wanted = ({ path, before, watchLater = false }: J): ScanJob => ({
    path,
    watchLater,
    ...(before && { before }),
  });
  return runJobs(jobs, wanted, scanFile, onResult);
}

/** The same for lines that were noted in an earlier reading. */
export function scanAllWatched<J extends Sized<WatchedJob>>(
  jobs: readonly J[],
  onResult: OnResult<J, WatchedResult>,
): Promise<void> {
  const wanted = ({ path, watched, offset, fingerprint }: J): WatchedJob => ({
    path,
    watched,
    offset,
    fingerprint,
  });
  return runJobs(jobs, wanted, scanWatched, onResult);
}

type OnResult<J, R> = (job: J, result: R) => void;

/** `wanted` picks out of a job what its thread needs. */
async function runJobs<J extends { bytes: number }, W, R>(
  jobs: readonly J[],
  wanted: (job: J) => W,
  run: (job: W) => R,
  onResult: OnResult<J, R>,
): Promise<void> {
  const batches = batchesOf(jobs);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const threads = bytes < BYTES_WORTH_THREADS ? 1 : Math.min(MOST_THREADS, availableParallelism());
  const others = Array.from({ length: Math.min(threads, batches.length) - 1 }, () =>
    runThread(batches, wanted, onResult),
  );
  const allDone = Promise.all(others.map((other) => other.done));
  allDone.catch(() => {}); // it is waited for below
  try {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      for (const job of batch) onResult(job, run(wanted(job)));
      if (others.length > 0) await setImmediate(); // results of the others come in between
    }
    await allDone;
  } catch (thrown) {
    await Promise.all(others.map((other) => other.stop()));
    throw thrown;
  }
}

/** Large files first, small ones together: the threads end at about the same time. */
function batchesOf<J extends { bytes: number }>(jobs: readonly J[]): J[][] {
  const batches: J[][] = [];
  let room = 0;
  for (const job of jobs.toSorted((a, b) => b.bytes - a.bytes)) {
    if (room < job.bytes || batches.length === 0) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(job);
    room -= job.bytes;
  }
  return batches.reverse();
}

const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./scan-worker.ts" : "./scan-worker.js",
  import.meta.url,
);

function runThread<J, R>(
  batches: J[][],
  wanted: (job: J) => unknown,
  onResult: OnResult<J, R>,
): { done: Promise<void>; stop: () => Promise<unknown> } {
  const worker = new Worker(WORKER, { execArgv: [] });
  const done = new Promise<void>((resolve, reject) => {
    let current: J[] = [];
    const next = () => {
      current = batches.pop() ?? [];
      if (current.length > 0) worker.postMessage(current.map(wanted));
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on("message", (results: R[]) => {
      const read = current;
      next(); // the thread reads on while this one keeps what it found
      try {
        results.forEach((result, index) => onResult(read[index] as J, result));
      } catch (thrown) {
        reject(thrown);
      }
    });
    worker.on("error", reject);
    next();
  });
  return { done, stop: () => worker.removeAllListeners("message").terminate() };
}
