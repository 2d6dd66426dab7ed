import { resolveAgentTypes } from "../store/agent-runs.ts";
import { resolveCopies } from "../store/copies.ts";
import { prepareForFilling } from "../store/filling.ts";
import {
  isNews,
  type KnownTranscript,
  markGone,
  readKnownTranscripts,
  readResumption,
} from "../store/known-transcripts.ts";
import type { Store } from "../store/open.ts";
import { pricesChanged } from "../store/prices.ts";
import { repriceAll } from "../store/reprice.ts";
import { createWatchedWriter, readWaitingLines } from "../store/watched.ts";
import { createScanWriter, type Pricing } from "../store/write-scan.ts";
import type { Located, TranscriptFile } from "../transcripts/locate.ts";
import { scanAllWatched, scanFiles } from "../transcripts/scan-pool.ts";
import type { IngestOptions, IngestProgress, IngestReport } from "./ingest.ts";

/** Everyday news are read in full at once; this is for a first meeting with gigabytes. */
const MUCH_TO_READ = 64 << 20;

/**
 * Reads what is new in the transcripts located and puts it into the store, in one transaction; costs are computed anew where prices
 * changed.
 */
export function readNews(
  store: Store,
  located: Located,
  pricing: Pricing,
  report: IngestReport,
  options: IngestOptions,
): Promise<void> {
  return inTransaction(store, async () => {
    const isRepriced = pricesChanged(store, pricing);
    if (isRepriced) repriceAll(store, pricing);
    const { grown, sessions, isRewritten } = await readChanged(store, located, pricing, report, options);
    resolveCopies(store, isRewritten || isRepriced ? undefined : grown);
    resolveAgentTypes(store, sessions);
  });
}

/** What an ingest touched: transcripts that are new or longer, sessions, and whether any was read anew. */
interface Touched {
  grown: ReadonlySet<number>;
  sessions: ReadonlySet<string>;
  isRewritten: boolean;
}

async function readChanged(
  store: Store,
  located: Located,
  pricing: Pricing,
  report: IngestReport,
  { onProgress = () => {}, needs = "tasks" }: IngestOptions,
): Promise<Touched> {
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
  return { grown, sessions, isRewritten };
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

/** Looks at the lines that were only noted when their files were read. */
export function lookAtWaitingLines(store: Store): Promise<void> {
  return inTransaction(store, async () => {
    const keep = createWatchedWriter(store);
    await scanAllWatched(readWaitingLines(store), ({ transcript }, found) => {
      if (found) keep(transcript, found);
    });
    resolveAgentTypes(store);
  });
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
