import { parentPort, workerData } from "node:worker_threads";
import type { ScanResult } from "../domain/file-scan.ts";
import { TranscriptBugError } from "../errors.ts";
import { type ScanReport, runShared, type Shared } from "./scan-shared.ts";

// Another thread of the pool: does jobs until all are taken, and hands over the results of a few at a time.
void work();

async function work(): Promise<void> {
  let found: (readonly [job: number, result: ScanResult])[] = [];
  try {
    const own = runShared(workerData as Shared, (job, result) => found.push([job, result]));
    for (let isDone = false; !isDone; found = []) {
      isDone = (await own.next()).done === true;
      report({ found, isDone }, found.flatMap(columnsOf));
    }
  } catch (thrown) {
    // An error keeps neither its class nor its fields when it crosses threads.
    if (!(thrown instanceof TranscriptBugError)) throw thrown;
    const { path, line, cause } = thrown;
    report({ bug: { path, line, cause } });
  }
}

function report(message: ScanReport, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

/** Returns what can be handed over without a copy. */
function columnsOf([, result]: readonly [job: number, result: ScanResult]): ArrayBuffer[] {
  const scan = result.status === "read" ? result.requests?.scan : undefined;
  return scan ? [scan.numbers.buffer as ArrayBuffer] : [];
}
