import type { ModelTable } from "../models/resolve.ts";
import { resolveCopies } from "../store/copies.ts";
import {
  type KnownTranscript,
  markGone,
  readKnownTranscripts,
  readResumption,
} from "../store/known-transcripts.ts";
import type { Store } from "../store/open.ts";
import { pricesChanged, repriceAll } from "../store/reprice.ts";
import { createScanWriter, dropKeyIndex, type Pricing, restoreKeyIndex } from "../store/write-scan.ts";
import { type Located, locateTranscripts, type TranscriptFile } from "../transcripts/locate.ts";
import { scanFiles } from "../transcripts/scan-pool.ts";
import { createPricing } from "./pricing.ts";

export interface IngestProgress {
  files: number;
  filesDone: number;
  bytes: number;
  bytesDone: number;
}

/** What an ingest came upon. */
export interface IngestReport {
  /** Transcripts on disk. */
  files: number;
  /** Of them, how many were new or had changed. */
  changed: number;
  unreadable: { path: string; message: string }[];
}

/**
 * Brings the store up to date with the transcripts below `roots` and the prices of `models`. One stat per file where nothing
 * changed; else all changes in one transaction, so that whatever ends the process leaves the store as it was, and processes
 * that come at the same time wait for each other instead of reading twice.
 */
export async function ingest(
  store: Store,
  roots: readonly string[],
  models: ModelTable,
  onProgress: (progress: IngestProgress) => void = () => {},
): Promise<IngestReport> {
  const located = locateTranscripts(roots);
  const unreadable = located.unreadable.map(({ path, cause }) => ({ path, message: String(cause) }));
  const report: IngestReport = { files: located.files.length, changed: 0, unreadable };
  const pricing = createPricing(models);
  if (!pricesChanged(store, pricing) && !hasNews(located, readKnownTranscripts(store))) return report;
  store.db.exec("BEGIN IMMEDIATE");
  try {
    if (pricesChanged(store, pricing)) repriceAll(store, pricing);
    await readNews(store, located, pricing, report, onProgress);
    store.db.exec("COMMIT");
  } catch (thrown) {
    if (store.db.inTransaction) store.db.exec("ROLLBACK");
    throw thrown;
  }
  return report;
}

function hasNews(located: Located, known: Map<string, KnownTranscript>): boolean {
  const live = [...known.values()].filter((transcript) => !transcript.gone).length;
  return live !== located.files.length || located.files.some((file) => isNews(file, known.get(file.path)));
}

function isNews(file: TranscriptFile, known: KnownTranscript | undefined): boolean {
  return (
    !known ||
    known.gone ||
    known.size !== file.size ||
    known.mtimeMs !== file.mtimeMs ||
    known.inode !== file.inode
  );
}

async function readNews(
  store: Store,
  located: Located,
  pricing: Pricing,
  report: IngestReport,
  onProgress: (progress: IngestProgress) => void,
): Promise<void> {
  const known = readKnownTranscripts(store); // again: another process may have been first
  const jobs = located.files
    .filter((file) => isNews(file, known.get(file.path)))
    .map((file) => {
      const before = known.has(file.path) ? readResumption(store, file.path) : undefined;
      return {
        path: file.path,
        file,
        bytes: Math.max(0, file.size - (before?.offset ?? 0)),
        ...(before && { before }),
      };
    });
  const empty = known.size === 0;
  if (empty) dropKeyIndex(store);
  const write = createScanWriter(store, pricing);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const progress: IngestProgress = { files: jobs.length, filesDone: 0, bytes, bytesDone: 0 };
  await scanFiles(jobs, (job, result) => {
    const { file } = job;
    progress.filesDone++;
    progress.bytesDone += job.bytes;
    onProgress(progress);
    if (result.status === "unreadable") report.unreadable.push({ path: file.path, message: result.message });
    if (result.status !== "read") return;
    const { size, mtimeMs, inode, path, slug, session, agentId = "" } = file;
    write({ path, slug, session, agentId, size, mtimeMs, inode, ...result });
    report.changed++;
  });
  if (empty) restoreKeyIndex(store);
  const present = new Set(located.files.map((file) => file.path));
  for (const { path, gone } of known.values()) if (!gone && !present.has(path)) markGone(store, path, true);
  resolveCopies(store);
}
