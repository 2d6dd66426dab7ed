import { parentPort, workerData } from "node:worker_threads";
import type { FileScan } from "../domain/file-scan.ts";
import { runShared, type Shared } from "./scan-shared.ts";
import type { ScanResult, WatchedResult } from "./scan.ts";

// One more thread of the pool: takes jobs until there are none, and hands over what it found a few at a time.
type Found = readonly [job: number, result: ScanResult | WatchedResult];
let found: Found[] = [];
const handOver = (): void => {
  parentPort?.postMessage(
    found,
    found.flatMap(([, result]) => (result && "scan" in result ? columnsOf(result.scan) : [])),
  );
  found = [];
};
const jobs = runShared(workerData as Shared, (job, result) => found.push([job, result]));
while (!jobs.next().done) handOver();

/** What can be handed over without a copy. */
function columnsOf({ numbers, watched }: FileScan): ArrayBuffer[] {
  return [numbers.buffer, ...(watched ? [watched.rows.buffer] : [])] as ArrayBuffer[];
}
