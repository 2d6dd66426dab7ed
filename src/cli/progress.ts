import type { IngestProgress } from "../history/ingest.ts";
import type { Io } from "./io.ts";

const PATIENCE_MS = 500;
const REDRAW_MS = 100;
const BAR = 24;

/** A bar on stderr for readings that take longer than half a second. */
export function createProgress(
  io: Io,
  quiet: boolean,
): { show: (progress: IngestProgress) => void; clear: () => void } {
  if (!io.interactive || quiet) return { show: () => {}, clear: () => {} };
  const started = io.now();
  let drawn = 0;
  return {
    show(progress) {
      const now = io.now();
      if (now - started < PATIENCE_MS || now - drawn < REDRAW_MS) return;
      drawn = now;
      io.err(`\r\u001b[K${barOf(progress)}`);
    },
    clear() {
      if (drawn > 0) io.err("\r\u001b[K");
    },
  };
}

function barOf({ bytes, bytesDone, files, filesDone }: IngestProgress): string {
  const share = bytes === 0 ? 1 : Math.min(1, bytesDone / bytes);
  const filled = Math.round(share * BAR);
  return `Reading transcripts ${"━".repeat(filled)}${"─".repeat(BAR - filled)} ${megabytes(bytesDone)} of ${megabytes(bytes)} MB, ${filesDone} of ${files} files`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
