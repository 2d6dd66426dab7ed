import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ScanJob, ScanResult } from "../domain/file-scan.ts";
import { TranscriptBugError } from "../errors.ts";
import { compileWalk } from "./reader/module.ts";
import { type ScanReport, runShared, type Shared } from "./scan-shared.ts";

/** Another thread costs 80 ms of CPU time. Up to twice this much, one alone is faster. */
const BYTES_WORTH_A_THREAD = 200 << 20;
/** This one included. */
const MOST_THREADS = 4;

const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./scan-worker.ts" : "./scan-worker.js",
  import.meta.url,
);

/**
 * Reads many files, on this thread and on others if there is much to read. `bytes` is how many a job will read, as far as is known. Calls
 * `onResult` on this thread, in no particular order. Rejects with what `onResult` throws, and with TranscriptBugError.
 */
export async function scanFiles<J extends ScanJob & { bytes: number }>(
  jobs: readonly J[],
  onResult: (job: J, result: ScanResult) => void,
): Promise<void> {
  // Large files first, so that the threads end at about the same time.
  const sorted = jobs.toSorted((a, b) => b.bytes - a.bytes);
  const shared: Shared = {
    module: compileWalk(),
    jobs: sorted.map(shareJob),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  };
  const keep = (job: number, result: ScanResult) => onResult(sorted[job] as J, result);
  const others = Array.from({ length: threadsFor(jobs) - 1 }, () => startThread(shared, keep));
  const allDone = Promise.all(others.map((other) => other.done));
  allDone.catch(() => {}); // its error is thrown below
  try {
    const own = runShared(shared, keep);
    while (!(await own.next()).done) if (others.length > 0) await setImmediate(); // lets results of the others in
    await allDone;
  } catch (thrown) {
    await Promise.all(others.map((other) => other.stop()));
    throw thrown;
  }
}

function threadsFor(jobs: readonly { bytes: number }[]): number {
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  return Math.max(
    1,
    Math.min(Math.floor(bytes / BYTES_WORTH_A_THREAD), MOST_THREADS, availableParallelism()),
  );
}

/** Leaves out what other threads do not need. */
function shareJob({ path, bytes, requests, events }: ScanJob & { bytes: number }): Shared["jobs"][number] {
  return { path, bytes, ...(requests && { requests }), ...(events && { events }) };
}

function startThread(
  shared: Shared,
  keep: (job: number, result: ScanResult) => void,
): { done: Promise<void>; stop: () => Promise<unknown> } {
  const worker = new Worker(WORKER, { execArgv: [], workerData: shared });
  const done = new Promise<void>((resolve, reject) => {
    worker.on("message", (report: ScanReport) => {
      if ("bug" in report)
        return reject(new TranscriptBugError(report.bug.path, report.bug.line, report.bug.cause));
      try {
        for (const [job, result] of report.found) keep(job, result);
      } catch (thrown) {
        reject(thrown);
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
  return { done, stop: () => worker.removeAllListeners("message").terminate() };
}
