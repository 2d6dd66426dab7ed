import type { AgentRunFacts } from "../domain/agent-run.ts";
import { AT, type FileScan, type Reading, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { createAgentRunWriter } from "./agent-runs.ts";
import { dropForgotten, type ForgottenUntil, readForgotten } from "./forget.ts";
import type { Store } from "./open.ts";
import {
  createPackReader,
  createPackWriter,
  mergePacks,
  type PackedContext,
  type RequestPack,
  withoutRequests,
} from "./request-packs.ts";
import { takeUsage } from "./spent.ts";

/** How a model's requests are priced: the store keeps costs, but knows no prices. */
export interface Pricing {
  /** Differs where any price or rule does. */
  fingerprint: string;
  of(context: RequestContext): ContextPricing;
}

/** How the requests of one context are priced. */
export interface ContextPricing {
  /** The canonical id; an unknown one as it is. */
  model: string;
  /** Undefined where the price is not known; `at` in ms since the epoch. */
  cost(at: number, usage: Usage): NanoUsd | undefined;
}

/** A file that was read for its requests, for its events, or both: from its beginning, or from where the last reading ended. */
export interface ScannedFile {
  path: string;
  slug: string;
  session: string;
  agentId: string;
  size: number;
  mtimeMs: number;
  inode: number;
  requests?: Reading & { scan: FileScan };
  events?: Reading & { events: string; observer: string };
}

/** Writes the result of reading files, and returns the transcript's id. Must run inside a transaction. */
export function createScanWriter(store: Store, pricing: Pricing): (file: ScannedFile) => number {
  const statements = prepare(store.db);
  const forgottenUntil = readForgotten(store);
  const writeRequests = createRequestsWriter(store, statements, pricing, forgottenUntil);

  function writeEvents(
    id: number,
    { session }: ScannedFile,
    { events, observer, ...reading }: EventsReading,
  ): void {
    if (reading.rewritten) statements.clearEvents.run(id);
    statements.observed.run(observer, ...positionOf(reading), id);
    const kept = dropForgotten(events, forgottenUntil(session));
    if (kept !== "[]") statements.events.run(id, statements.nextEvents.get(id), kept);
  }

  return function writeScan(file) {
    const known = statements.find.get(file.path) as { id: number; counts: string } | undefined;
    const id =
      known?.id ??
      Number(statements.insert.run(file.path, file.slug, file.session, file.agentId).lastInsertRowid);
    if (file.requests) writeRequests(id, file, file.requests, known?.counts);
    if (file.events) writeEvents(id, file, file.events);
    return id;
  };
}

type EventsReading = NonNullable<ScannedFile["events"]>;
type RequestsReading = NonNullable<ScannedFile["requests"]>;

function createRequestsWriter(
  store: Store,
  statements: ReturnType<typeof prepare>,
  pricing: Pricing,
  forgottenUntil: ForgottenUntil,
) {
  const readPack = createPackReader(store);
  const writePack = createPackWriter(store);
  const writeProject = createProjectWriter(store);
  const writeAgentRun = createAgentRunWriter(store);
  return (id: number, file: ScannedFile, { scan, ...reading }: RequestsReading, counts?: string): void => {
    const goesOn = counts !== undefined && !reading.rewritten;
    if (counts !== undefined && !goesOn) for (const clear of statements.clear) clear.run(id);
    if (counts !== undefined && !goesOn && !file.events) {
      statements.clearEvents.run(id);
      statements.observed.run("", 0, 0, 0, "", id);
    }
    const total = JSON.stringify(sumCounts(goesOn ? (JSON.parse(counts) as Counts) : EMPTY, scan));
    const { size, mtimeMs, inode } = file;
    const times = [orNull(scan.firstAt), orNull(scan.lastAt)];
    statements.update.run(size, mtimeMs, inode, ...positionOf(reading), ...times, total, id);
    const found = dropForgottenRequests(packOf(scan, pricing), forgottenUntil);
    const before = goesOn && found.keys !== "" ? readPack(id) : undefined;
    if (found.keys !== "") writePack(id, before ? mergePacks(before, found) : found);
    writeProject(file, scan);
    for (const { session, usd } of scan.clientCosts)
      if (forgottenUntil(session) === 0) statements.clientCost.run(id, session, fromUsd(usd));
    for (const { session, agentId, facts } of agentRunsIn(file, scan, found.contexts))
      writeAgentRun(session, agentId, facts);
  };
}

/** The projects' folders; many files of one project name the same. */
function createProjectWriter({ db }: Store): (file: ScannedFile, scan: FileScan) => void {
  const write = db.prepare(`
    INSERT INTO project VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET path = excluded.path, exact = 1 WHERE excluded.exact > exact`);
  const written = new Set<string>();
  return (file, scan) => {
    const folder = projectFolder(file, scan);
    const key = `${file.slug} ${folder?.path}`;
    if (!folder || written.has(key)) return;
    written.add(key);
    write.run(file.slug, folder.path, folder.exact ? 1 : 0);
  };
}

/** What a file says of the agent runs in it: its contexts, and before them the meta file beside it. */
function agentRunsIn(
  file: ScannedFile,
  scan: FileScan,
  contexts: readonly RequestContext[],
): Iterable<{ session: string; agentId: string; facts: AgentRunFacts }> {
  const runs = new Map<string, { session: string; agentId: string; facts: AgentRunFacts }>();
  const add = (session: string, agentId: string, facts: AgentRunFacts) => {
    const key = `${session} ${agentId}`;
    runs.set(key, { session, agentId, facts: { ...runs.get(key)?.facts, ...facts } });
  };
  for (const { session, agentId, agentType } of contexts)
    if (agentId) add(session, agentId, agentType ? { agentType } : {});
  if (file.agentId && scan.agentRun)
    add(file.session || (scan.contexts[0]?.session ?? ""), file.agentId, scan.agentRun);
  return runs.values();
}

/** The requests of a scan with their models and costs. */
function packOf({ keys, numbers, contexts, lastContext }: FileScan, pricing: Pricing): RequestPack {
  return { keys, numbers, contexts: priceAll(numbers, contexts, pricing), lastContext };
}

/** Puts what each request cost into its row; returns the contexts with their models. */
export function priceAll(
  numbers: Float64Array,
  contexts: readonly RequestContext[],
  pricing: Pricing,
): PackedContext[] {
  const prices = contexts.map((context) => pricing.of(context));
  const usage = { ...NO_USAGE, cost: null };
  for (let start = 0; start < numbers.length; start += WIDTH) {
    takeUsage(usage, numbers, start);
    const price = prices[numbers[start + AT.context] as number] as ContextPricing;
    numbers[start + AT.cost] = price.cost(numbers[start + AT.at] as number, usage) ?? Number.NaN;
  }
  return contexts.map((context, index) => ({ ...context, model: (prices[index] as ContextPricing).model }));
}

function dropForgottenRequests(pack: RequestPack, forgottenUntil: ForgottenUntil): RequestPack {
  const until = new Map(pack.contexts.map((context) => [context, forgottenUntil(context.session)]));
  if (pack.contexts.every((context) => until.get(context) === 0)) return pack;
  return withoutRequests(pack, (context, at) => at < (until.get(context) ?? 0));
}

/** How far a file was read, and what proves that it is the same; in the order of the columns. */
function positionOf({ readTo, fingerprint }: Reading) {
  const { offset, line, unterminated } = readTo;
  return [offset, line, unterminated ? 1 : 0, fingerprint] as const;
}

interface Counts {
  lines: Record<string, number>;
  unknown: Record<string, number>;
}
const EMPTY: Counts = { lines: {}, unknown: {} };

function sumCounts(before: Counts, scan: FileScan): Counts {
  return { lines: sum(before.lines, scan.counts), unknown: sum(before.unknown, scan.unknown) };
}

function sum(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const total = { ...a };
  for (const [key, count] of Object.entries(b)) total[key] = (total[key] ?? 0) + count;
  return total;
}

/** The working directory that a slug was made of, or else the first one met. */
function projectFolder({ slug }: ScannedFile, scan: FileScan): { path: string; exact: boolean } | undefined {
  const folders = new Set([...scan.contexts.map((context) => context.cwd), scan.cwd]);
  folders.delete("");
  for (const path of folders) if (slugOf(path) === slug.slice(0, LONGEST_SLUG)) return { path, exact: true };
  const [path] = folders;
  return path === undefined ? undefined : { path, exact: false };
}

/** Longer ones are cut, with a hash behind. */
const LONGEST_SLUG = 200;
const slugs = new Map<string, string>();

/** Claude Code's spelling of a folder: all but letters and digits become dashes. */
function slugOf(path: string): string {
  let slug = slugs.get(path);
  if (slug === undefined)
    slugs.set(path, (slug = path.replaceAll(/[^A-Za-z0-9]/g, "-").slice(0, LONGEST_SLUG)));
  return slug;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function prepare(db: Store["db"]) {
  return {
    find: db.prepare("SELECT id, counts FROM transcript WHERE path = ?"),
    clear: ["request_pack", "client_cost"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE transcript = ?`),
    ),
    clearEvents: db.prepare("DELETE FROM event_batch WHERE transcript = ?"),
    insert: db.prepare(`
      INSERT INTO transcript (path, slug, session, agent_id, size, mtime_ms, inode, "offset", line, unterminated, fingerprint,
        counts, observer)
      VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', '', '')`),
    update: db.prepare(`
      UPDATE transcript SET size = ?, mtime_ms = ?, inode = ?, "offset" = ?, line = ?, unterminated = ?, fingerprint = ?,
        first_at = ?, last_at = coalesce(?, last_at), counts = ?, gone = 0
      WHERE id = ?`),
    observed: db.prepare(`
      UPDATE transcript SET observer = ?, observed_offset = ?, observed_line = ?, observed_unterminated = ?,
        observed_fingerprint = ? WHERE id = ?`),
    // A statement of its own numbers batches: a row made by a SELECT is copied several times over.
    nextEvents: db
      .prepare("SELECT coalesce(max(batch), 0) + 1 FROM event_batch WHERE transcript = ?")
      .pluck(),
    events: db.prepare("INSERT INTO event_batch VALUES (?, ?, ?)"),
    clientCost: db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)"),
  };
}
