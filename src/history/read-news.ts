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
import { createScanWriter, type Pricing } from "../store/write-scan.ts";
import type { Located, TranscriptFile } from "../transcripts/locate.ts";
import { scanFiles } from "../transcripts/scan-pool.ts";
import type { IngestOptions, IngestProgress, IngestReport } from "./ingest.ts";

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
  const wantsEvents = needs === "tasks";
  const jobs = located.files.flatMap((file) => jobFor(file, known.get(file.path), wantsEvents, store));
  const write = createScanWriter(store, pricing);
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  const progress: IngestProgress = { files: jobs.length, filesDone: 0, bytes, bytesDone: 0 };
  const touched: { grown: Set<number>; sessions: Set<string>; isRewritten: boolean } = {
    grown: new Set(),
    sessions: new Set(),
    isRewritten: false,
  };
  await scanFiles(jobs, ({ file, isAgain, bytes }, result) => {
    progress.filesDone++;
    progress.bytesDone += bytes;
    onProgress(progress);
    if (result.status === "unreadable") report.unreadable.push({ path: file.path, message: result.message });
    if (result.status !== "read") return;
    const { size, mtimeMs, inode, path, slug, session, agentId = "" } = file;
    const { requests, events } = result;
    if (requests) requests.rewritten ||= isAgain;
    if (events) events.rewritten ||= isAgain;
    const id = write({ path, slug, session, agentId, size, mtimeMs, inode, ...result });
    touched.sessions.add(session);
    if (!requests) return;
    touched.grown.add(id);
    touched.isRewritten ||= requests.rewritten;
    for (const context of requests.scan.contexts) touched.sessions.add(context.session);
    report.changed++;
  });
  const present = new Set(located.files.map((file) => file.path));
  for (const { path, gone } of known.values()) if (!gone && !present.has(path)) markGone(store, path, true);
  return touched;
}

/** Returns the readings that a file needs; none if there is nothing new. */
function jobFor(
  file: TranscriptFile,
  known: KnownTranscript | undefined,
  wantsEvents: boolean,
  store: Store,
) {
  const { path, size } = file;
  const isNew = isNews(file, known);
  if (!isNew && !(wantsEvents && !known?.isObserved)) return [];
  const before = known && readResumption(store, path);
  // An append makes a file longer. One that changed and did not grow was changed inside, and is read again.
  const isAgain = before !== undefined && isNew && size <= (known?.size ?? 0);
  const from = isAgain ? undefined : before;
  const requests = isNew ? { ...(from && { before: from.requests }) } : undefined;
  const events = wantsEvents ? { ...(from?.events && { before: from.events }) } : undefined;
  const bytes =
    (requests ? size - (from?.requests.offset ?? 0) : 0) + (events ? size - (from?.events?.offset ?? 0) : 0);
  return [
    {
      path,
      file,
      isAgain,
      bytes: Math.max(0, bytes),
      ...(requests && { requests }),
      ...(events && { events }),
    },
  ];
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
