import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { runShared, type Shared, type SharedJob } from "./scan-shared.ts";
import type { ScanJob, ScanResult, WatchedJob, WatchedResult } from "./scan.ts";

/** A job and how many bytes it will read, as far as is known beforehand. */
export type Sized<J> = J & { bytes: number };

/** Another thread takes about 50 ms to start: less than this is read sooner without. */
const BYTES_WORTH_THREADS = 24 << 20;
/** This one among them. */
const MOST_THREADS = 4;

/**
 * Reads many files, on this thread and, where that pays, on others. `onResult` is called on this thread, in no certain order;
 * what it throws ends the reading and is thrown from here.
 */
export function scanFiles<J extends Sized<ScanJob>>(
  jobs: readonly J[],
  onResult: (job: J, result: ScanResult) => void,
): Promise<void> {
  const share = ({ path, bytes, before, watchLater = false }: J): SharedJob => ({
    bytes,
    scan: { path, watchLater, ...(before && { before }) },
  });
  return runJobs(jobs, share, (job, result) => onResult(job, result as ScanResult));
}

/** The same for lines that were noted in an earlier reading. */
export function scanAllWatched<J extends Sized<WatchedJob>>(
  jobs: readonly J[],
  onResult: (job: J, result: WatchedResult) => void,
): Promise<void> {
  const share = ({ path, bytes, watched, offset, fingerprint }: J): SharedJob => ({
    bytes,
    watched: { path, watched, offset, fingerprint },
  });
  return runJobs(jobs, share, (job, result) => onResult(job, result as WatchedResult));
}

const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./scan-worker.ts" : "./scan-worker.js",
  import.meta.url,
);

/** A thread that was started before there was anything for it to do. */
let spare: Worker | undefined;

/** Starts a thread that the next reading can use at once, where there is likely to be much to read. */
export function warmUp(): void {
  if (spare || availableParallelism() === 1) return;
  spare = createWorker();
  spare.unref(); // nobody has to wait for it
}

function createWorker(): Worker {
  return new Worker(WORKER, { execArgv: [] });
}

/** `share` picks out of a job what threads need. */
async function runJobs<J extends { bytes: number }>(
  jobs: readonly J[],
  share: (job: J) => SharedJob,
  onResult: (job: J, result: ScanResult | WatchedResult) => void,
): Promise<void> {
  // Large files first: the threads end at about the same time.
  const sorted = jobs.toSorted((a, b) => b.bytes - a.bytes);
  const shared: Shared = { jobs: sorted.map(share), taken: new Int32Array(new SharedArrayBuffer(4)) };
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const threads = bytes < BYTES_WORTH_THREADS ? 1 : Math.min(MOST_THREADS, availableParallelism());
  const keep = (job: number, result: ScanResult | WatchedResult) => onResult(sorted[job] as J, result);
  const others = Array.from({ length: threads - 1 }, () => startThread(shared, keep));
  void spare?.terminate(); // it was not needed
  spare = undefined;
  const allDone = Promise.all(others.map((other) => other.done));
  allDone.catch(() => {}); // it is waited for below
  try {
    const own = runShared(shared, keep);
    while (!(await own.next()).done) if (others.length > 0) await setImmediate(); // what the others found comes in between
    await allDone;
  } catch (thrown) {
    await Promise.all(others.map((other) => other.stop()));
    throw thrown;
  }
}

function startThread(
  shared: Shared,
  keep: (job: number, result: ScanResult | WatchedResult) => void,
): { done: Promise<void>; stop: () => Promise<unknown> } {
  const worker = spare ?? createWorker();
  worker.ref();
  spare = undefined;
  const done = new Promise<void>((resolve, reject) => {
    worker.on("message", (found: [job: number, result: ScanResult | WatchedResult][]) => {
      try {
        for (const [job, result] of found) keep(job, result);
      } catch (thrown) {
        reject(thrown);
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
    worker.postMessage(shared);
  });
  return { done, stop: () => worker.removeAllListeners("message").terminate() };
}
