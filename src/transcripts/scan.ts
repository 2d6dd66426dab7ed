import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { codeOf } from "../errors.ts";
import { createDecoder, isWholeEntry } from "./decode.ts";
import type { FileScan } from "./old-file-scan.ts";
import type { WatchedLines } from "../domain/watched-lines.ts";
import { readLines, type ReadTo } from "./lines.ts";
import { readAgentMeta } from "./meta.ts";
import type { SavedObserver } from "./observe/observer-state.ts";
import { watchLater } from "./observe/watch.ts";

/** What looks at lines for outcomes: a dozen modules, loaded where a job needs them. */
export type Observing = typeof import("./observe/watch-now.ts");

export const loadObserving = (): Promise<Observing> => import("./observe/watch-now.ts");

/** What is known of a file from the time before. */
export interface ReadBefore extends ReadTo {
  /** Of the bytes up to `offset`. */
  fingerprint: string;
  /** NaN while no entry with a time was met. */
  firstAt: number;
  observer: string;
}

export interface ScanJob {
  path: string;
  before?: ReadBefore;
  /** Only note where the lines are that outcomes need. */
  watchLater?: boolean;
}

/** The lines noted in a file, to be looked at now. */
export interface WatchedJob {
  path: string;
  watched: readonly WatchedLines[];
  /** What was read of it when they were noted, and what that looked like. */
  offset: number;
  fingerprint: string;
}

export type ScanResult =
  | { status: "gone" }
  | { status: "unreadable"; message: string }
  | {
      status: "read";
      rewritten: boolean;
      readTo: ReadTo;
      fingerprint: string;
      bytes: number;
      scan: FileScan;
    };

const FROM_START: ReadTo = { offset: 0, line: 0, unterminated: false };

/**
 * Reads a transcript: what was added since `before`, or all of it if what stood there is no longer the same. `observing` is needed
 * where lines are not only noted.
 */
export function scanFile(job: ScanJob, observing?: Observing): ScanResult {
  let fd: number;
  try {
    fd = openSync(job.path, "r");
  } catch (thrown) {
    return codeOf(thrown) === "ENOENT"
      ? { status: "gone" }
      : { status: "unreadable", message: String(thrown) };
  }
  try {
    const { size } = fstatSync(fd);
    const { before, watchLater: isLater = false } = job;
    const grew = before !== undefined && isContinued(fd, size, before, isLater);
    const from = grew ? before : FROM_START;
    const decoder = createDecoder({
      firstAt: grew ? before.firstAt : Number.NaN,
      watch: () =>
        isLater
          ? watchLater(grew)
          : (observing as Observing).watchNow(
              grew ? (JSON.parse(before.observer) as SavedObserver) : undefined,
            ),
    });
    const readTo = readLines(fd, from, size, decoder.onAsk, isWholeEntry);
    return {
      status: "read",
      rewritten: before !== undefined && !grew,
      readTo,
      fingerprint: fingerprintOf(fd, readTo.offset),
      bytes: readTo.offset - from.offset,
      scan: { ...decoder.take(), ...(AGENT_FILE.test(job.path) && { agentRun: readAgentMeta(job.path) }) },
    };
  } catch (thrown) {
    return { status: "unreadable", message: String(thrown) };
  } finally {
    closeSync(fd);
  }
}

/** Whether what was read before still stands, and the reading can go on from there in the same way. */
function isContinued(fd: number, size: number, before: ReadBefore, isLater: boolean): boolean {
  const waiting = before.observer === "";
  return (
    waiting === isLater && size >= before.offset && fingerprintOf(fd, before.offset) === before.fingerprint
  );
}

/** What observing the lines noted in a file comes to; undefined when it is gone or no longer the same. */
export type WatchedResult = { events: string; observer: string } | undefined;

/** Looks at the lines that were noted when the file was read. */
export function scanWatched(job: WatchedJob, { observeWatched }: Observing): WatchedResult {
  let fd: number | undefined;
  try {
    fd = openSync(job.path, "r");
    const file = fd;
    if (fingerprintOf(file, job.offset) !== job.fingerprint) return undefined;
    return observeWatched(job.watched, pieceReader(file));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

const WINDOW_BYTES = 1 << 16;
const window = Buffer.allocUnsafe(WINDOW_BYTES);

/** Reads pieces of a file: most are small, near to each other and in order. The bytes are good until the next one is read. */
function pieceReader(fd: number): (offset: number, length: number) => Buffer {
  let [from, filled] = [0, 0];
  return (offset, length) => {
    if (length > WINDOW_BYTES) {
      const piece = Buffer.allocUnsafe(length);
      return piece.subarray(0, readSync(fd, piece, 0, length, offset));
    }
    if (offset < from || offset + length > from + filled)
      [from, filled] = [offset, readSync(fd, window, 0, WINDOW_BYTES, offset)];
    return window.subarray(offset - from, Math.min(offset - from + length, filled));
  };
}

const AGENT_FILE = /[\\/]agent-[^\\/]*$/;

const SAMPLES = 5;
const SAMPLE_BYTES = 512;
const sample = Buffer.allocUnsafe(SAMPLES * SAMPLE_BYTES);

/** Tells an append from a rewrite without reading it all again: a checksum of samples spread evenly over the bytes read. */
function fingerprintOf(fd: number, offset: number): string {
  let filled = 0;
  for (let index = 0; index < SAMPLES; index++) {
    const start = Math.floor((Math.max(0, offset - SAMPLE_BYTES) * index) / (SAMPLES - 1));
    filled += readSync(fd, sample, filled, Math.min(SAMPLE_BYTES, offset - start), start);
  }
  return crc32(sample.subarray(0, filled)).toString(36);
}
