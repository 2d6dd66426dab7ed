import { parentPort } from "node:worker_threads";
import { type ScanJob, scanFile, type ScanResult } from "./scan.ts";

// One thread of the pool: takes batches of jobs, gives back batches of results in the same order.
parentPort?.on("message", (jobs: ScanJob[]) => {
  const results: ScanResult[] = jobs.map(scanFile);
  const columns = results.flatMap((result) => (result.status === "read" ? [result.scan.numbers.buffer] : []));
  parentPort?.postMessage(results, columns as ArrayBuffer[]);
});
