import {
  loadObserving,
  type Observing,
  type ScanJob,
  scanFile,
  type ScanResult,
  scanWatched,
  type WatchedJob,
  type WatchedResult,
} from "./scan.ts";

/** What the threads of a pool have in common. */
export interface Shared {
  jobs: readonly SharedJob[];
  /** How many jobs were taken, in memory that all of them see. */
  taken: Int32Array;
}

/** `bytes` is how many it will read, as far as is known beforehand. */
export type SharedJob = { bytes: number } & ({ scan: ScanJob } | { watched: WatchedJob });

/** Between results that cross threads; a tenth of a second or less. */
const BYTES_WORTH_A_PAUSE = 8 << 20;

/** Takes jobs until there are none, and yields now and then, at the end as well. */
export async function* runShared(
  { jobs, taken }: Shared,
  onResult: (job: number, result: ScanResult | WatchedResult) => void,
): AsyncGenerator<void> {
  const isObserved = jobs.some((job) => "watched" in job || !job.scan.watchLater);
  const observing = isObserved ? await loadObserving() : undefined;
  let bytes = 0;
  for (let next = Atomics.add(taken, 0, 1); next < jobs.length; next = Atomics.add(taken, 0, 1)) {
    const job = jobs[next] as SharedJob;
    onResult(
      next,
      "scan" in job ? scanFile(job.scan, observing) : scanWatched(job.watched, observing as Observing),
    );
    bytes += job.bytes;
    if (bytes < BYTES_WORTH_A_PAUSE) continue;
    bytes = 0;
    yield;
  }
  yield;
}
