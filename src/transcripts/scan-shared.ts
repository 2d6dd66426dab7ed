import type { ScanJob, ScanResult } from "../domain/file-scan.ts";
import type { WalkModule } from "./reader/module.ts";
import { createScanner } from "./scan.ts";

/** Everything that the threads of a pool share. */
export interface Shared {
  module: WalkModule;
  jobs: readonly (ScanJob & { bytes: number })[];
  /** Number of jobs taken, in memory that all threads see. */
  taken: Int32Array;
}

/** The report of a thread: results, the last of which come when it is done, or the bug that ended it. */
export type ScanReport =
  | { found: (readonly [job: number, result: ScanResult])[]; isDone: boolean }
  | { bug: { path: string; line: number; cause: unknown } };

/** Between two pauses: a tenth of a second or less. */
const BYTES_WORTH_A_PAUSE = 8 << 20;

/** Does jobs until all are taken. Pauses now and then. */
export async function* runShared(
  { module, jobs, taken }: Shared,
  onResult: (job: number, result: ScanResult) => void,
): AsyncGenerator<void> {
  const scanner = createScanner(module, {
    ...(jobs.some(({ events }) => events) && (await import("./observe/observe.ts"))),
    ...(jobs.some(({ content }) => content) && (await import("./reader/find-content.ts"))),
  });
  let bytes = 0;
  for (let next = Atomics.add(taken, 0, 1); next < jobs.length; next = Atomics.add(taken, 0, 1)) {
    const job = jobs[next] as Shared["jobs"][number];
    onResult(next, scanner.scan(job));
    bytes += job.bytes;
    if (bytes < BYTES_WORTH_A_PAUSE) continue;
    bytes = 0;
    yield;
  }
}
