import { availableParallelism } from "node:os";
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

/** A thread takes about 50 ms to start: less than this is read sooner without. */
const BYTES_WORTH_THREADS = 24 << 20;
const BATCH_BYTES = 8 << 20;
const MOST_THREADS = 4;

/**
 * Reads many files, on several threads where that pays. `onResult` is called on this thread, in no certain order; what it
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
  const threads = Math.min(MOST_THREADS, availableParallelism(), batches.length);
  if (bytes < BYTES_WORTH_THREADS || threads < 2) {
    for (const job of jobs) onResult(job, run(wanted(job)));
    return;
  }
  await Promise.all(Array.from({ length: threads }, () => runThread(batches, wanted, onResult)));
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
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { execArgv: [] });
    let current: J[] = [];
    const next = () => {
      const batch = batches.pop();
      current = batch ?? [];
      if (batch) worker.postMessage(batch.map(wanted));
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on("message", (results: R[]) => {
      const done = current;
      next(); // the thread reads on while this one keeps what it found
      try {
        results.forEach((result, index) => onResult(done[index] as J, result));
      } catch (thrown) {
        batches.length = 0;
        reject(thrown);
        void worker.terminate();
      }
    });
    worker.on("error", reject);
    next();
  });
}
