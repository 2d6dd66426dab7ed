import type { ScanJob, ScanResult } from "../domain/file-scan.ts";
import { scanFiles as old } from "./old-scan-pool.ts";
export type Sized<J> = J & { bytes: number };
export function scanFiles<J extends Sized<ScanJob>>(
  jobs: readonly J[],
  onResult: (job: J, result: ScanResult) => void,
): Promise<void> {
  return old(
    jobs.map((job) => {
      const before = job.requests?.before ?? job.events?.before;
      return {
        path: job.path,
        bytes: job.bytes,
        job,
        ...(before && { before: { ...before, observer: job.events?.before?.observer || "{}" } }),
      };
    }) as never[],
    ((of: { job: J }, result: any) => {
      if (result.status !== "read") return onResult(of.job, result);
      const { rewritten, readTo, fingerprint, bytes, scan } = result;
      const reading = { rewritten, readTo, fingerprint, bytes };
      const rows = scan.numbers.length / 11;
      const numbers = new Float64Array(rows * 10);
      for (let row = 0; row < rows; row++)
        numbers.set(scan.numbers.subarray(row * 11, row * 11 + 10), row * 10);
      onResult(of.job, {
        status: "read",
        ...(of.job.requests && { requests: { ...reading, scan: { ...scan, numbers } } }),
        ...(of.job.events && { events: { ...reading, events: scan.events, observer: scan.observer } }),
      });
    }) as never,
  );
}
