import type { AgentRunFacts } from "../domain/agent-run.ts";
import type { FileScan, Reading } from "../domain/file-scan.ts";
import { fromUsd } from "../domain/money.ts";
import { createAgentRunWriter } from "./agent-runs.ts";
import { createEventWriter } from "./events.ts";
import { readForgotten } from "./forget.ts";
import type { Tables } from "./open.ts";
import { createRequestRemover, createRequestWriter, type Pricing } from "./requests.ts";
import { createIdentifier, createReadingWriter, type LocatedFile } from "./transcripts.ts";

/** What was read of a file. */
export interface FileReadings {
  requests?: (Reading & { scan: FileScan }) | undefined;
  events?: (Reading & { events: string; observer: string }) | undefined;
}

/** Makes a function that writes what was read of a file, and returns its transcript's id; must run inside a transaction. */
export function createTranscriptWriter(
  store: Tables,
  pricing: Pricing,
): (file: LocatedFile, readings: FileReadings) => number {
  const identify = createIdentifier(store);
  const writeReading = createReadingWriter(store);
  const writeScan = createScanWriter(store, pricing);
  const writeEvents = createEventWriter(store);
  const removeEvents = store.db.prepare("DELETE FROM event_batch WHERE transcript = ?");
  const forgottenUntil = readForgotten(store);
  return (file, { requests, events }) => {
    const { id, isKnown } = identify(file);
    if (requests) {
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
}

/** Makes a function that writes a scan of requests; `isMore` when it goes on from rows that are kept. */
function createScanWriter(store: Tables, pricing: Pricing) {
  const removeRequests = createRequestRemover(store);
  const writeRequests = createRequestWriter(store, pricing);
  const writeAgentRun = createAgentRunWriter(store);
  const forgottenUntil = readForgotten(store);
  const { clear, count, clientCost, cwdOf, times } = prepare(store.db);
  return (id: number, file: LocatedFile, scan: FileScan, isMore: boolean): void => {
    if (!isMore) {
      removeRequests(id);
      for (const statement of clear) statement.run(id);
    }
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
    const before = isMore ? (cwdOf.get(id) ?? "") : "";
    times.run(orNull(scan.firstAt), orNull(scan.lastAt), startFolder(file.slug, before, scan), id);
  };
}

function prepare(db: Tables["db"]) {
  return {
    clear: ["line_count", "client_cost"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE transcript = ?`),
    ),
    count: db.prepare(
      "INSERT INTO line_count VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
    ),
    clientCost: db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)"),
    cwdOf: db.prepare<[number], string>("SELECT cwd FROM transcript WHERE id = ?").pluck(),
    times: db.prepare(
      "UPDATE transcript SET first_at = ?, last_at = coalesce(?, last_at), cwd = ? WHERE id = ?",
    ),
  };
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
