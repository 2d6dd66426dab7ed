import { CONTENT_READER } from "../domain/ledger-input.ts";
import type { ScanJob, ScanResult } from "../domain/file-scan.ts";
import { OBSERVER_VERSION } from "../domain/event.ts";
import { writeAgentTypes } from "../store/agent-runs.ts";
import { createContentWriter } from "../store/content.ts";
import { freeOrphans, resolveCopies } from "../store/copies.ts";
import { dropOutdatedEvents } from "../store/events.ts";
import { prepareForFilling } from "../store/filling.ts";
import type { OpenedStore } from "../store/open.ts";
import { pricesChanged, repriceAll } from "../store/reprice.ts";
import { dropKeyIndex, type Pricing, transcriptOf } from "../store/requests.ts";
import { nameFilled, unseal } from "../store/seal.ts";
import { rebuildSpendAround, rebuildSums } from "../store/spend-sums.ts";
import {
  createResumptionReader,
  hasChanged,
  type KnownTranscript,
  markGone,
  readActivePaths,
  readKnownTranscripts,
  type ReadingKind,
  isEmpty,
  resolveProjects,
} from "../store/transcripts.ts";
import { createSumWriter, type SumWriter } from "../store/write-sums.ts";
import { createTranscriptWriter } from "../store/write-transcript.ts";
import type { Located, TranscriptFile } from "../transcripts/locate.ts";
import { readLastTime } from "../transcripts/last-time.ts";
import { scanFiles } from "../transcripts/scan-pool.ts";
import type { IngestOptions, IngestProgress, IngestReport } from "./ingest.ts";

/** The parts of files to read. */
export interface WantedReadings {
  kinds: readonly ReadingKind[];
  /** The only transcripts whose events are read. */
  paths?: ReadonlySet<string> | undefined;
}

/**
 * Reads what is new in the transcripts located, of the kinds wanted, and writes it to the store in one transaction. Computes all costs
 * again when prices changed.
 */
export function readChanges(
  store: OpenedStore,
  located: Located,
  pricing: Pricing,
  wanted: WantedReadings,
  report: IngestReport,
  options: IngestOptions,
): Promise<void> {
  return inTransaction(store, async () => {
    const fill = isEmpty(store) ? startFilling(store, pricing) : undefined;
    if (wanted.kinds.includes("events")) dropOutdatedEvents(store, OBSERVER_VERSION);
    const isRepriced = pricesChanged(store, pricing);
    if (isRepriced) repriceAll(store, pricing);
    const touched = await readFiles(store, located, pricing, wanted, report, options, fill?.sums);
    fill?.buildIndex();
    const all = isRepriced || touched.isRewritten || fill !== undefined;
    const freed = touched.isRewritten ? freeOrphans(store) : [];
    const moved = resolveCopies(store, all ? undefined : touched.transcripts);
    if (fill) rebuildSpendAround(store, moved);
    else {
      const changed = [...moved].map(transcriptOf);
      rebuildSums(store, all ? undefined : new Set([...touched.transcripts, ...changed, ...freed]));
    }
    resolveProjects(store, touched.sessions);
    writeAgentTypes(store, touched.sessions);
    if (fill) nameFilled(store.db);
  });
}

/** Prepares for the first requests of a store: their keys are indexed afterwards, and they are added up while they are written. */
function startFilling(store: OpenedStore, { promptBorders }: Pricing) {
  return { buildIndex: dropKeyIndex(store), sums: createSumWriter(store, promptBorders) };
}

/** The result of reading: transcripts with new requests, all sessions in them, and whether any was read again from its start. */
interface Touched {
  transcripts: Set<number>;
  sessions: Set<string>;
  isRewritten: boolean;
}

async function readFiles(
  store: OpenedStore,
  located: Located,
  pricing: Pricing,
  { kinds, paths }: WantedReadings,
  report: IngestReport,
  { onProgress = () => {}, contentFrom = Infinity }: IngestOptions,
  sums?: SumWriter,
): Promise<Touched> {
  const { write, flush } = createTranscriptWriter(store, pricing, sums);
  const writeContent = createContentWriter(store);
  const progress: IngestProgress = { files: 0, filesDone: 0, bytes: 0, bytesDone: 0 };
  const touched: Touched = { transcripts: new Set(), sessions: new Set(), isRewritten: false };
  const scan = (jobs: readonly FileJob[]) => {
    progress.files += jobs.length;
    progress.bytes += jobs.reduce((sum, job) => sum + job.bytes, 0);
    return scanFiles(jobs, (job, result) => {
      progress.filesDone++;
      progress.bytesDone += job.bytes;
      onProgress(progress);
      if (result.status === "unreadable") report.unreadable.push({ path: job.path, message: result.message });
      if (result.status !== "read") return;
      const id = keep(job, result, write, touched, report);
      if (result.content !== undefined) writeContent({ id, ...job.file }, CONTENT_READER, result.content);
    });
  };
  // Read again inside the transaction: another process may have been first.
  const known = new Map(kinds.map((kind) => [kind, readKnownTranscripts(store, kind)]));
  const jobs = planJobs(store, located, known, { tasksFrom: report.tasksFrom, paths, contentFrom });
  await scan(jobs);
  flush();
  if (kinds.includes("events") && report.tasksFrom > 0)
    await scan(planLateJobs(store, located, report.tasksFrom, jobs));
  flush();
  noteGone(store, located, known);
  return touched;
}

type KnownByKind = ReadonlyMap<ReadingKind, ReadonlyMap<string, KnownTranscript>>;

/** From which times (ms since the epoch) on tasks are judged and costs explained, and the only transcripts whose events are read. */
interface ReadFrom {
  tasksFrom: number;
  contentFrom: number;
  paths: WantedReadings["paths"];
}

/**
 * Plans to read what is new. Events wait if nobody asks for the tasks of a session. Of a session that is not known to be active the
 * last entry of a new file gives a hint: if it is wrong, the events are read too early, or by `planLateJobs`.
 */
function planJobs(
  store: OpenedStore,
  { files }: Located,
  known: KnownByKind,
  { tasksFrom, paths, contentFrom }: ReadFrom,
): FileJob[] {
  const resume = createResumptionReader(store);
  const active = paths ?? (tasksFrom > 0 ? readActivePaths(store, tasksFrom) : undefined);
  return files.flatMap((file) => {
    const job = planJob(file, known, resume);
    const isOld = () => !job?.requests || readLastTime(file) < tasksFrom;
    if (active && job?.events && !active.has(file.path) && isOld()) delete job.events;
    if (job?.requests) job.content = isExplained(file, contentFrom);
    return job?.requests || job?.events ? job : [];
  });
}

/** Returns whether the last entry of a new file hints that it has requests since a time. */
function isExplained(file: TranscriptFile, contentFrom: number): boolean {
  return contentFrom < Infinity && (contentFrom <= 0 || readLastTime(file) >= contentFrom);
}

/** Plans to read the events of files whose session turned out to have gone on in another file; `done`: the jobs before. */
function planLateJobs(
  store: OpenedStore,
  { files }: Located,
  tasksFrom: number,
  done: readonly FileJob[],
): FileJob[] {
  const active = readActivePaths(store, tasksFrom);
  for (const { path, events } of done) if (events) active.delete(path);
  const resume = createResumptionReader(store);
  const known: KnownByKind = new Map([["events", readKnownTranscripts(store, "events")]]);
  return files.flatMap((file) => (active.has(file.path) ? (planJob(file, known, resume) ?? []) : []));
}

/** The part of a file to read, with the known facts about the file. */
interface FileJob extends ScanJob {
  file: TranscriptFile;
  bytes: number;
  /** Kinds whose earlier rows no longer hold, because the file changed without growing. */
  again: ReadonlySet<ReadingKind>;
}

function planJob(
  file: TranscriptFile,
  known: KnownByKind,
  resume: ReturnType<typeof createResumptionReader>,
): FileJob | undefined {
  const { path, size, hasMeta } = file;
  const changed = [...known].filter(([, of]) => hasChanged(file, of.get(path)));
  if (changed.length === 0) return undefined;
  const again = new Set<ReadingKind>();
  const job: FileJob = { path, hasMeta, file, bytes: 0, again };
  for (const [kind, of] of changed) {
    const earlier = of.get(path);
    const before = earlier && resume(earlier.id, kind);
    // What is appended makes a file longer: one that changed and did not grow was changed inside, and is read again.
    const goesOn = before !== undefined && size > (earlier?.size ?? 0);
    if (before && !goesOn) again.add(kind);
    job[kind] = goesOn ? { before } : {};
    job.bytes = Math.max(job.bytes, goesOn ? Math.max(0, size - before.offset) : size);
  }
  return job;
}

function keep(
  { file, again }: FileJob,
  { requests, events }: ScanResult & { status: "read" },
  write: ReturnType<typeof createTranscriptWriter>["write"],
  touched: Touched,
  report: IngestReport,
): number {
  const { path, root, slug, session, agentId = "", size, mtimeMs, inode } = file;
  const isRewritten = requests !== undefined && (requests.rewritten || again.has("requests"));
  const id = write(
    { path, account: root, slug, session, agentId, size, mtimeMs, inode },
    {
      requests: requests && { ...requests, rewritten: isRewritten },
      events: events && { ...events, rewritten: events.rewritten || again.has("events") },
    },
  );
  if (requests) touched.transcripts.add(id);
  touched.isRewritten ||= isRewritten;
  for (const context of [file, ...(requests?.scan.contexts ?? [])]) touched.sessions.add(context.session);
  report.changed++;
  return id;
}

function noteGone(store: OpenedStore, located: Located, known: KnownByKind): void {
  const present = new Set([...located.files.map((file) => file.path), ...(located.skipped ?? [])]);
  for (const of of known.values())
    for (const { path, gone } of of.values()) if (!gone && !present.has(path)) markGone(store, path);
}

async function inTransaction(store: OpenedStore, work: () => Promise<void>): Promise<void> {
  const settle = prepareForFilling(store);
  store.db.exec("BEGIN IMMEDIATE");
  try {
    unseal(store.db);
    await work();
    store.db.exec("COMMIT");
  } catch (thrown) {
    if (store.db.inTransaction) store.db.exec("ROLLBACK");
    throw thrown;
  } finally {
    settle();
  }
}
