import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { FileScan, ReadBefore, Reading, ReadTo, ScanJob, ScanResult } from "../domain/file-scan.ts";
import { codeOf, isSystemError, messageOf, TranscriptBugError } from "../errors.ts";
import { readAgentMeta } from "./meta.ts";
import type { createObserver, SavedObserver } from "./observe/observe.ts";
import { findEvents } from "./reader/find-events.ts";
import { findRequests } from "./reader/find-requests.ts";
import { STATE_LINE } from "./reader/layout.ts";
import { type OnAsk, readLines } from "./reader/lines.ts";
import type { WalkModule } from "./reader/module.ts";
import { isWorthMeasuring, measureAnswers } from "./written.ts";
import { createReader, type Reader } from "./reader/reader.ts";

/** Reads transcripts one after the other. Keeps the memory that it reads them into. */
export interface Scanner {
  /**
   * Does the readings of a job that are wanted: from where the last one ended, or from the beginning of the file if the bytes before that
   * have changed. Throws TranscriptBugError for any exception that is not a failed system call.
   */
  scan(job: ScanJob): ScanResult;
}

/** Makes a scanner. `observing` has to be there for jobs with events: its dozen modules are only loaded if one is wanted. */
export function createScanner(module: WalkModule, observing?: typeof createObserver): Scanner {
  const readers: Partial<Record<"requests" | "events", Reader>> = {};
  const requests = () => (readers.requests ??= createReader(module, false));
  const events = () => (readers.events ??= createReader(module, true));
  let current: Reader | undefined;

  function scanFile(job: ScanJob): ScanResult {
    current = undefined;
    const file = openTranscript(job.path);
    if ("status" in file) return file;
    try {
      return {
        status: "read",
        ...(job.requests && { requests: scanRequests(file, (current = requests()), job.requests.before) }),
        ...(job.events &&
          observing && { events: scanEvents(file, (current = events()), observing, job.events.before) }),
      };
    } finally {
      closeSync(file.fd);
    }
  }

  return {
    scan(job) {
      try {
        return scanFile(job);
      } catch (thrown) {
        if (isSystemError(thrown)) return { status: "unreadable", message: messageOf(thrown) };
        throw new TranscriptBugError(job.path, current?.state[STATE_LINE] ?? 0, thrown);
      }
    },
  };
}

interface OpenFile {
  path: string;
  fd: number;
  size: number;
}

/** Opens a transcript. Opening a pipe or a device does not wait for its other end, and it is not read. */
function openTranscript(path: string): OpenFile | ScanResult {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return { status: "gone" };
    throw thrown;
  }
  const stats = fstatSync(fd);
  if (stats.isFile()) return { path, fd, size: stats.size };
  closeSync(fd);
  return { status: "unreadable", message: `${path}: not a regular file` };
}

function scanRequests(file: OpenFile, reader: Reader, before?: ReadBefore): Reading & { scan: FileScan } {
  const grown = before && isContinued(file, before) ? before : undefined;
  const finder = findRequests(reader, grown?.firstAt ?? Number.NaN);
  const { reading, tooLong } = readFrom(file, reader, grown, finder.onAsk);
  const scan = finder.take();
  if (tooLong > 0) scan.counts["too-long"] = tooLong;
  if (isWorthMeasuring(scan))
    scan.written = measureAnswers(file.fd, reading.readTo.offset - reading.bytes, reading.readTo.offset);
  if (AGENT_FILE.test(file.path)) scan.agentRun = readAgentMeta(file.path);
  return { ...reading, rewritten: before !== undefined && !grown, scan };
}

const AGENT_FILE = /[\\/]agent-[^\\/]*$/;

function scanEvents(
  file: OpenFile,
  reader: Reader,
  observing: typeof createObserver,
  before?: ReadBefore & { observer: string },
): Reading & { events: string; observer: string } {
  const grown = before && isContinued(file, before) ? before : undefined;
  const finder = findEvents(reader, observing(grown && (JSON.parse(grown.observer) as SavedObserver)));
  const { reading } = readFrom(file, reader, grown, finder.onAsk);
  return { ...reading, rewritten: before !== undefined && !grown, ...finder.take() };
}

const FROM_START: ReadTo = { offset: 0, line: 0, unterminated: false };

function readFrom({ fd, size }: OpenFile, reader: Reader, from: ReadTo = FROM_START, onAsk: OnAsk) {
  const { readTo, tooLong } = readLines(reader, { fd, from, size }, onAsk);
  const fingerprint = fingerprintOf(fd, readTo.offset);
  return { reading: { readTo, fingerprint, bytes: readTo.offset - from.offset }, tooLong };
}

/** Whether the bytes that were read before are still the same. */
function isContinued({ fd, size }: OpenFile, { offset, fingerprint }: ReadBefore): boolean {
  return size >= offset && fingerprintOf(fd, offset) === fingerprint;
}

const SAMPLES = 5;
const SAMPLE_BYTES = 512;

/** Distinguishes an append from a rewrite without reading everything again: a checksum of samples spread evenly over the bytes read. */
function fingerprintOf(fd: number, offset: number): string {
  const sample = Buffer.allocUnsafe(SAMPLES * SAMPLE_BYTES);
  let filled = 0;
  for (let index = 0; index < SAMPLES; index++) {
    const start = Math.floor((Math.max(0, offset - SAMPLE_BYTES) * index) / (SAMPLES - 1));
    filled += readSync(fd, sample, filled, Math.min(SAMPLE_BYTES, offset - start), start);
  }
  return crc32(sample.subarray(0, filled)).toString(36);
}
