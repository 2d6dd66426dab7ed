import { parentPort } from "node:worker_threads";
import type { FileScan } from "./old-file-scan.ts";
import { runShared, type Shared } from "./scan-shared.ts";
import type { ScanResult, WatchedResult } from "./scan.ts";

// One more thread of the pool: takes jobs until there are none, and hands over what it found a few at a time.
parentPort?.once("message", async (shared: Shared) => {
  let found: (readonly [job: number, result: ScanResult | WatchedResult])[] = [];
  const jobs = runShared(shared, (job, result) => found.push([job, result]));
  while (!(await jobs.next()).done) {
    const columns = found.flatMap(([, result]) => (result && "scan" in result ? columnsOf(result.scan) : []));
    parentPort?.postMessage(found, columns);
    found = [];
  }
});

/** What can be handed over without a copy. */
function columnsOf({ numbers, watched }: FileScan): ArrayBuffer[] {
  return [numbers.buffer, ...(watched ? [watched.rows.buffer] : [])] as ArrayBuffer[];
}
