import { parentPort } from "node:worker_threads";
import type { FileScan } from "../domain/file-scan.ts";
import { type ScanJob, scanFile, scanWatched, type WatchedJob } from "./scan.ts";

// One thread of the pool: takes batches of jobs, gives back batches of results in the same order.
parentPort?.on("message", (jobs: (ScanJob | WatchedJob)[]) => {
  const results = jobs.map((job) => ("watched" in job ? scanWatched(job) : scanFile(job)));
  const columns = results.flatMap((result) => (result && "scan" in result ? columnsOf(result.scan) : []));
  parentPort?.postMessage(results, columns);
});

/** What can be handed over without a copy. */
function columnsOf({ numbers, watched }: FileScan): ArrayBuffer[] {
  return [numbers.buffer, ...(watched ? [watched.rows.buffer] : [])] as ArrayBuffer[];
}
