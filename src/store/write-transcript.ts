import type { AgentRunFacts } from "../domain/agent-run.ts";
import type { FileScan, Reading } from "../domain/file-scan.ts";
import { fromUsd } from "../domain/money.ts";
import { createAgentRunWriter } from "./agent-runs.ts";
import { createEventWriter } from "./events.ts";
import { readForgotten } from "./forget.ts";
import type { Tables } from "./open.ts";
import { createRequestRemover, type Pricing } from "./requests.ts";
import { createRequestWriter, type Filling } from "./write-requests.ts";
import { createIdentifier, createReadingWriter, type LocatedFile } from "./transcripts.ts";

/** The readings of a file. */
export interface FileReadings {
  requests?: (Reading & { scan: FileScan }) | undefined;
  events?: (Reading & { events: string; observer: string }) | undefined;
}

/**
 * Writes what was read of files; must run inside a transaction. `write` returns the transcript's id, `flush` writes what was gathered:
 * call it at the end. `fill`: the store was empty.
 */
export function createTranscriptWriter(
  store: Tables,
  pricing: Pricing,
  fill?: Filling,
): { write: (file: LocatedFile, readings: FileReadings) => number; flush: () => void } {
  const identify = createIdentifier(store);
  const writeReading = createReadingWriter(store);
  const remove = createScanRemover(store);
  const requestWriter = createRequestWriter(store, pricing, fill);
  const writeScan = createScanWriter(store, requestWriter.write);
  const writeEvents = createEventWriter(store);
  const removeEvents = store.db.prepare("DELETE FROM event_batch WHERE transcript = ?");
  const forgottenUntil = readForgotten(store);
  const write = (file: LocatedFile, { requests, events }: FileReadings): number => {
    const { id, isKnown } = identify(file);
    if (requests) {
      if (isKnown && requests.rewritten) remove(id);
      writeScan(id, file, requests.scan, isKnown && !requests.rewritten);
      writeReading(id, "requests", file, requests);
    }
    if (events) {
      if (events.rewritten) removeEvents.run(id);
      writeEvents(id, file.session, events.events, forgottenUntil);
      writeReading(id, "events", file, events, events.observer);
    }
    return id;
  };
  return { write, flush: requestWriter.flush };
}

/** Makes a function that writes a scan of requests; `isMore` when it goes on from rows that are kept. */
function createScanWriter(store: Tables, writeRequests: ReturnType<typeof createRequestWriter>["write"]) {
  const writeAgentRun = createAgentRunWriter(store);
  const forgottenUntil = readForgotten(store);
  const { count, clientCost, cwdOf, named, times } = prepare(store.db);
  return (id: number, file: LocatedFile, scan: FileScan, isMore: boolean): void => {
    const isForgotten = scan.contexts.some(({ session }) => forgottenUntil(session) > 0);
    writeRequests(
      id,
      scan,
      isMore,
      isForgotten ? ({ session }, at) => at >= forgottenUntil(session) : undefined,
    );
    for (const [code, lines] of Object.entries(scan.counts)) count.run(id, code, lines);
    for (const [type, lines] of Object.entries(scan.unknown)) count.run(id, `type:${type}`, lines);
    for (const { session, usd } of scan.clientCosts)
      if (forgottenUntil(session) === 0) clientCost.run(id, session, fromUsd(usd));
    for (const { session, agentId, facts } of agentRunsIn(file, scan)) writeAgentRun(session, agentId, facts);
    const session = sessionInside(file, scan);
    if (session !== undefined) named.run(session, id);
    const before = isMore ? (cwdOf.get(id) ?? "") : "";
    times.run(orNull(scan.firstAt), orNull(scan.lastAt), startFolder(file.slug, before, scan), id);
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

function prepare(db: Tables["db"]) {
  return {
    count: db.prepare(
      "INSERT INTO line_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
    ),
    clientCost: db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)"),
    named: db.prepare("UPDATE transcript SET session = ? WHERE id = ?"),
    cwdOf: db.prepare<[number], string>("SELECT cwd FROM transcript WHERE id = ?").pluck(),
    times: db.prepare(
      "UPDATE transcript SET first_at = ?, last_at = coalesce(?, last_at), cwd = ? WHERE id = ?",
    ),
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

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
