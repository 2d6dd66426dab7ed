import type { ModelTable } from "../models/resolve.ts";
import { hasNamelessAgents, resolveAgentTypes } from "../store/agent-runs.ts";
import { resolveCopies } from "../store/copies.ts";
import { readForgotten } from "../store/forget.ts";
import {
  type KnownTranscript,
  markGone,
  readKnownTranscripts,
  readResumption,
} from "../store/known-transcripts.ts";
import type { Store } from "../store/open.ts";
import { pricesChanged, repriceAll } from "../store/reprice.ts";
import { isEmpty, prepareForFilling } from "../store/filling.ts";
import { createScanWriter, type Pricing } from "../store/write-scan.ts";
import { createWatchedWriter, hasWaitingLines, readWaitingLines } from "../store/watched.ts";
import { type Located, locateTranscripts, type TranscriptFile } from "../transcripts/locate.ts";
import { createPricing } from "./pricing.ts";

export interface IngestProgress {
  files: number;
  filesDone: number;
  bytes: number;
  bytesDone: number;
}

/**
 * What a command needs. For spend alone, where there is much to read, the lines that outcomes need are only noted: whoever
 * asks for tasks first pays for them, and reads those lines alone. The names of agents can be in such lines as well.
 */
export type Needs = "spend" | "agents" | "tasks";

export interface IngestOptions {
  onProgress?: (progress: IngestProgress) => void;
  /** What is asked for; tasks where nobody says. */
  needs?: Needs;
}

/** Everyday news are read in full at once; this is for a first meeting with gigabytes. */
const MUCH_TO_READ = 64 << 20;

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
  options: IngestOptions = {},
): Promise<IngestReport> {
  if (isEmpty(store)) (await scanPool()).warmUp();
  const located = withoutForgotten(locateTranscripts(roots), store);
  const unreadable = located.unreadable.map(({ path, cause }) => ({ path, message: String(cause) }));
  const report: IngestReport = { files: located.files.length, changed: 0, unreadable };
  const pricing = createPricing(models);
  const { needs = "tasks" } = options;
  if (needs === "tasks") await lookAtWaitingLines(store);
  if (pricesChanged(store, pricing) || hasNews(located, readKnownTranscripts(store)))
    await inTransaction(store, async () => {
      if (pricesChanged(store, pricing)) repriceAll(store, pricing);
      await readNews(store, located, pricing, report, options);
    });
  if (needs === "agents" && hasNamelessAgents(store)) await lookAtWaitingLines(store);
  return report;
}

async function inTransaction(store: Store, work: () => Promise<void>): Promise<void> {
  const settle = prepareForFilling(store);
  store.db.exec("BEGIN IMMEDIATE");
  try {
    await work();
    store.db.exec("COMMIT");
  } catch (thrown) {
    if (store.db.inTransaction) store.db.exec("ROLLBACK");
    throw thrown;
  } finally {
    settle();
  }
}

/** Files that were not written to since their session was forgotten hold nothing to keep. */
function withoutForgotten(located: Located, store: Store): Located {
  const forgottenUntil = readForgotten(store);
  return {
    ...located,
    files: located.files.filter(({ session, mtimeMs }) => mtimeMs >= forgottenUntil(session)),
  };
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
  { onProgress = () => {}, needs = "tasks" }: IngestOptions,
): Promise<void> {
  const known = readKnownTranscripts(store); // again: another process may have been first
  const jobs = located.files
    .filter((file) => isNews(file, known.get(file.path)))
    .map((file) => jobFor(file, known.get(file.path), store));
  const write = createScanWriter(store, pricing);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const isMuch = bytes > MUCH_TO_READ;
  const progress: IngestProgress = { files: jobs.length, filesDone: 0, bytes, bytesDone: 0 };
  const sessions = new Set<string>();
  const grown = new Set<number>();
  let isRewritten = false;
  const { scanFiles } = await scanPool();
  await scanFiles(
    jobs.map((job) => ({
      ...job,
      watchLater: needs !== "tasks" && (job.before ? job.before.observer === "" : isMuch),
    })),
    (job, result) => {
      const { file } = job;
      progress.filesDone++;
      progress.bytesDone += job.bytes;
      onProgress(progress);
      if (result.status === "unreadable")
        report.unreadable.push({ path: file.path, message: result.message });
      if (result.status !== "read") return;
      const { size, mtimeMs, inode, path, slug, session, agentId = "" } = file;
      const rewritten = result.rewritten || job.again;
      grown.add(write({ path, slug, session, agentId, size, mtimeMs, inode, ...result, rewritten }));
      isRewritten ||= rewritten;
      for (const context of [file, ...result.scan.contexts]) sessions.add(context.session);
      report.changed++;
    },
  );
  const present = new Set(located.files.map((file) => file.path));
  for (const { path, gone } of known.values()) if (!gone && !present.has(path)) markGone(store, path, true);
  resolveCopies(store, isRewritten ? undefined : grown);
  resolveAgentTypes(store, sessions);
}

function jobFor(file: TranscriptFile, known: KnownTranscript | undefined, store: Store) {
  const { path, size } = file;
  const before = known && readResumption(store, path);
  // What is appended makes a file longer: one that changed and did not grow was changed somewhere inside, and is read again.
  const goesOn = before !== undefined && size > (known?.size ?? 0);
  return {
    path,
    file,
    again: before !== undefined && !goesOn,
    bytes: goesOn ? Math.max(0, size - before.offset) : size,
    ...(goesOn && { before }),
  };
}

async function lookAtWaitingLines(store: Store): Promise<void> {
  if (!hasWaitingLines(store)) return;
  await inTransaction(store, async () => {
    const keep = createWatchedWriter(store);
    const { scanAllWatched } = await scanPool();
    await scanAllWatched(readWaitingLines(store), ({ transcript }, found) => {
      if (found) keep(transcript, found);
    });
    resolveAgentTypes(store);
  });
}

/** Reading is loaded where there is something to read. */
const scanPool = () => import("../transcripts/scan-pool.ts");
