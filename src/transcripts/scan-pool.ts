import { availableParallelism } from "node:os";
import type { ScanJob, ScanResult } from "../domain/file-scan.ts";
import { TranscriptBugError } from "../errors.ts";
import { compileWalk } from "./reader/module.ts";
import { type ScanReport, runShared, type Shared } from "./scan-shared.ts";

/** Another thread costs 80 ms of CPU time. Up to twice this much, one alone is as fast. */
const BYTES_WORTH_A_THREAD = 150 << 20;
/**
 * Number of bytes from which a second thread observes: code that looks at events takes half a second of CPU time to become fast on each
 * thread.
 */
const BYTES_WORTH_OBSERVING_TWICE = 600 << 20;
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
  const [own, common] = divide(sorted);
  const module = compileWalk();
  const share = (list: readonly J[]): Shared => ({
    module,
    jobs: list.map(shareJob),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  });
  const shared = share(common);
  const keepOf = (list: readonly J[]) => (job: number, result: ScanResult) =>
    onResult(list[job] as J, result);
  const others = Array.from({ length: threadsFor(sorted, common) - 1 }, () =>
    startThread(shared, keepOf(common)),
  );
  const allDone = Promise.all(others.map((other) => other.done));
  allDone.catch(() => {}); // its error is thrown below
  const run = async (part: Shared, list: readonly J[]) => {
    const running = runShared(part, keepOf(list));
    while (!(await running.next()).done) if (others.length > 0) await letResultsIn();
  };
  try {
    await run(share(own), own);
    await run(shared, common);
    await allDone;
  } catch (thrown) {
    await Promise.all(others.map((other) => other.stop()));
    throw thrown;
  }
}

/** Splits jobs into those of this thread and those of all. Few events and blocks are for this thread alone. */
function divide<J extends ScanJob & { bytes: number }>(jobs: readonly J[]): [own: J[], common: J[]] {
  const isObserved = ({ events, content }: J) => events !== undefined || content === true;
  const own = jobs.filter(isObserved);
  return bytesOf(own) < BYTES_WORTH_OBSERVING_TWICE
    ? [own, jobs.filter((job) => !isObserved(job))]
    : [[], [...jobs]];
}

function threadsFor(jobs: readonly { bytes: number }[], common: readonly { bytes: number }[]): number {
  const most = Math.min(
    Math.floor(bytesOf(jobs) / BYTES_WORTH_A_THREAD),
    MOST_THREADS,
    availableParallelism(),
  );
  return Math.max(1, Math.min(most, 1 + Math.ceil(bytesOf(common) / BYTES_WORTH_A_THREAD)));
}

function bytesOf(jobs: readonly { bytes: number }[]): number {
  return jobs.reduce((sum, job) => sum + job.bytes, 0);
}

/** Leaves out what other threads do not need. */
function shareJob({
  path,
  hasMeta,
  bytes,
  requests,
  events,
  content = false,
}: ScanJob & { bytes: number }): Shared["jobs"][number] {
  return { path, hasMeta, bytes, ...(requests && { requests }), ...(events && { events }), content };
}

function letResultsIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function startThread(
  shared: Shared,
  keep: (job: number, result: ScanResult) => void,
): { done: Promise<void>; stop: () => Promise<unknown> } {
  const { Worker } = process.getBuiltinModule("node:worker_threads"); // takes 3 ms to load
  const worker = new Worker(WORKER, { execArgv: [], workerData: shared });
  const done = new Promise<void>((resolve, reject) => {
    worker.on("message", (report: ScanReport) => {
      if ("bug" in report)
        return reject(new TranscriptBugError(report.bug.path, report.bug.line, report.bug.cause));
      try {
        for (const [job, result] of report.found) keep(job, result);
        if (report.isDone) resolve(); // its end takes a few ms more
      } catch (thrown) {
        reject(thrown);
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
  return { done, stop: () => worker.removeAllListeners("message").terminate() };
}
