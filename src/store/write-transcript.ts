import type { AgentRunFacts } from "../domain/agent-run.ts";
import type { FileScan, Reading } from "../domain/file-scan.ts";
import { fromUsd } from "../domain/money.ts";
import { createAgentRunWriter } from "./agent-runs.ts";
import { createEventWriter } from "./events.ts";
import { readForgotten } from "./forget.ts";
import { createRowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";
import { createRequestRemover, type Pricing } from "./requests.ts";
import { createRequestWriter } from "./write-requests.ts";
import type { SumWriter } from "./write-sums.ts";
import { type TranscriptFacts, TranscriptRows } from "./transcript-rows.ts";
import { createReadingWriter, type LocatedFile } from "./transcripts.ts";

/** The readings of a file. */
export interface FileReadings {
  requests?: (Reading & { scan: FileScan }) | undefined;
  events?: (Reading & { events: string; observer: string }) | undefined;
}

/**
 * Writes what was read of files; must run inside a transaction. `write` returns the transcript's id, `flush` writes what was gathered:
 * call it at the end, and before a file is written again. `sums`: adds up requests that are new.
 */
export function createTranscriptWriter(
  store: Tables,
  pricing: Pricing,
  sums?: SumWriter,
): { write: (file: LocatedFile, readings: FileReadings) => number; flush: () => void } {
  const transcripts = new TranscriptRows(store);
  const reading = createReadingWriter(store);
  const remove = createScanRemover(store);
  const scans = createScanWriter(store, createRequestWriter(store, pricing, sums));
  const writeEvents = createEventWriter(store);
  const removeEvents = store.db.prepare("DELETE FROM event_batch WHERE transcript = ?");
  const forgottenUntil = readForgotten(store);
  const write = (file: LocatedFile, { requests, events }: FileReadings): number => {
    const identity = transcripts.identify(file);
    const { id, isKnown } = identity;
    if (requests) {
      const isMore = isKnown && !requests.rewritten;
      if (isKnown && requests.rewritten) remove(id);
      scans.write(id, file, requests.scan, isMore);
      transcripts.write(identity, file, factsOf(file, requests.scan, isMore ? identity.cwd : ""));
      reading.write(id, "requests", file, requests);
    } else transcripts.write(identity, file);
    if (events) {
      if (events.rewritten) removeEvents.run(id);
      writeEvents(id, file.session, events.events, forgottenUntil);
      reading.write(id, "events", file, events, events.observer);
    }
    return id;
  };
  const flush = (): void => {
    for (const writer of [transcripts, scans, reading]) writer.flush();
  };
  return { write, flush };
}

/** Makes a writer of scans of requests; `isMore` when one goes on from rows that are kept. */
function createScanWriter({ db }: Tables, requests: ReturnType<typeof createRequestWriter>) {
  const agentRuns = createAgentRunWriter({ db });
  const forgottenUntil = readForgotten({ db });
  const counts = createRowInserter(
    db,
    "line_count",
    "transcript, code, count",
    "ON CONFLICT DO UPDATE SET count = count + excluded.count",
  );
  const clientCost = db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)");
  function write(id: number, file: LocatedFile, scan: FileScan, isMore: boolean): void {
    const isForgotten = scan.contexts.some(({ session }) => forgottenUntil(session) > 0);
    requests.write(
      id,
      scan,
      isMore,
      isForgotten ? ({ session }, at) => at >= forgottenUntil(session) : undefined,
    );
    for (const [code, lines] of Object.entries(scan.counts)) counts.add(id, code, lines);
    for (const [type, lines] of Object.entries(scan.unknown)) counts.add(id, `type:${type}`, lines);
    for (const { session, usd } of scan.clientCosts)
      if (forgottenUntil(session) === 0) clientCost.run(id, session, fromUsd(usd));
    for (const { session, agentId, facts } of agentRunsIn(file, scan))
      agentRuns.write(session, agentId, facts);
  }
  const flush = (): void => {
    for (const writer of [requests, counts, agentRuns]) writer.flush();
  };
  return { write, flush };
}

function factsOf(file: LocatedFile, scan: FileScan, cwdBefore: string): TranscriptFacts {
  const { firstAt, lastAt } = scan;
  return {
    session: sessionInside(file, scan),
    cwd: startFolder(file.slug, cwdBefore, scan),
    firstAt,
    lastAt,
  };
}

/** Makes a function that deletes what earlier scans of a transcript wrote. */
function createScanRemover(store: Tables): (transcript: number) => void {
  const removeRequests = createRequestRemover(store);
  const clear = ["line_count", "client_cost"].map((table) =>
    store.db.prepare(`DELETE FROM ${table} WHERE transcript = ?`),
  );
  return (transcript) => {
    removeRequests(transcript);
    for (const statement of clear) statement.run(transcript);
  };
}

/** Returns the session of a file whose place names none, or one that none of its requests is of: the last one decides. */
function sessionInside(
  { session, agentId }: LocatedFile,
  { contexts, lastContext }: FileScan,
): string | undefined {
  if ((agentId !== "" && session !== "") || contexts.some((context) => context.session === session))
    return undefined;
  return contexts[lastContext]?.session || undefined;
}

/** Returns what a file states of the agent runs in it: in its contexts, and in the meta file beside it. */
function agentRunsIn(
  file: LocatedFile,
  { contexts, agentRun }: FileScan,
): Iterable<{ session: string; agentId: string; facts: AgentRunFacts }> {
  const runs = new Map<string, { session: string; agentId: string; facts: AgentRunFacts }>();
  const add = (session: string, agentId: string, facts: AgentRunFacts) => {
    const key = `${session} ${agentId}`;
    runs.set(key, { session, agentId, facts: { ...runs.get(key)?.facts, ...facts } });
  };
  for (const { session, agentId, agentType } of contexts)
    if (agentId) add(session, agentId, agentType ? { agentType } : {});
  if (file.agentId && agentRun) add(file.session || (contexts[0]?.session ?? ""), file.agentId, agentRun);
  return runs.values();
}

/** Returns the working directory whose spelling is the slug, else the first one. */
function startFolder(slug: string, before: string, { contexts, cwd }: FileScan): string {
  const folders = new Set([before, ...contexts.map((context) => context.cwd), cwd]);
  folders.delete("");
  for (const path of folders) if (slugOf(path) === slug.slice(0, LONGEST_SLUG)) return path;
  const [first = ""] = folders;
  return first;
}

/** Longer ones are cut, with a hash at the end. */
const LONGEST_SLUG = 200;
const slugs = new Map<string, string>();

/** Returns Claude Code's spelling of a folder: everything but letters and digits becomes a dash. */
function slugOf(path: string): string {
  let slug = slugs.get(path);
  if (slug === undefined)
    slugs.set(path, (slug = path.replaceAll(/[^A-Za-z0-9]/g, "-").slice(0, LONGEST_SLUG)));
  return slug;
}
