import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type ScanJob, scanFile, type ScanResult } from "./scan.ts";

/** A file to read and how many bytes of it, as far as is known beforehand. */
export interface SizedJob extends ScanJob {
  bytes: number;
}

/** A thread takes about 50 ms to start: less than this is read sooner without. */
const BYTES_WORTH_THREADS = 24 << 20;
const BATCH_BYTES = 8 << 20;
const MOST_THREADS = 4;

/**
 * Reads many files, on several threads where that pays. `onResult` is called on this thread, in no certain order; what it
 * throws ends the reading and is thrown from here.
 */
export async function scanFiles<J extends SizedJob>(
  jobs: readonly J[],
  onResult: (job: J, result: ScanResult) => void,
): Promise<void> {
  const batches = batchesOf(jobs);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const threads = Math.min(MOST_THREADS, availableParallelism(), batches.length);
  if (bytes < BYTES_WORTH_THREADS || threads < 2) {
    for (const job of jobs) onResult(job, scanFile(job));
    return;
  }
  await Promise.all(Array.from({ length: threads }, () => runThread(batches, onResult)));
}

/** Large files first, small ones together: the threads end at about the same time. */
function batchesOf<J extends SizedJob>(jobs: readonly J[]): J[][] {
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

function runThread<J extends SizedJob>(
  batches: J[][],
  onResult: (job: J, result: ScanResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { execArgv: [] });
    let current: J[] = [];
    const next = () => {
      const batch = batches.pop();
      current = batch ?? [];
      if (batch) worker.postMessage(batch.map(({ path, before }) => ({ path, ...(before && { before }) })));
      else worker.terminate().then(() => resolve(), reject);
    };
    worker.on("message", (results: ScanResult[]) => {
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
