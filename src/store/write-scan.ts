import type { AgentRunFacts } from "../domain/agent-run.ts";
import { AT, type FileScan, type RequestContext, WIDTH } from "../domain/file-scan.ts";
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

/** A file that was read, wholly or on from where it ended. */
export interface ScannedFile {
  path: string;
  slug: string;
  session: string;
  agentId: string;
  size: number;
  mtimeMs: number;
  inode: number;
  readTo: { offset: number; line: number; unterminated: boolean };
  fingerprint: string;
  /** What was known of it before no longer holds: its rows are replaced. */
  rewritten: boolean;
  scan: FileScan;
}

/** Writes what reading files brought to light, and returns the transcript's id; must run inside a transaction. */
export function createScanWriter(store: Store, pricing: Pricing): (file: ScannedFile) => number {
  const statements = prepare(store.db);
  const readPack = createPackReader(store);
  const writePack = createPackWriter(store);
  const writeProject = createProjectWriter(store);
  const writeAgentRun = createAgentRunWriter(store);
  const forgottenUntil = readForgotten(store);

  return function writeScan(file) {
    const { scan } = file;
    const known = statements.find.get(file.path) as { id: number; counts: string } | undefined;
    const goesOn = known !== undefined && !file.rewritten;
    if (known && file.rewritten) for (const clear of statements.clear) clear.run(known.id);
    const counts = JSON.stringify(sumCounts(goesOn ? (JSON.parse(known.counts) as Counts) : EMPTY, scan));
    const id =
      known?.id ??
      Number(statements.insert.run(file.path, file.slug, file.session, file.agentId).lastInsertRowid);
    statements.update.run(
      ...whatIsKnown(file),
      orNull(scan.firstAt),
      orNull(scan.lastAt),
      counts,
      scan.observer,
      id,
    );
    const found = dropForgottenRequests(packOf(scan, pricing), forgottenUntil);
    const before = goesOn && found.keys !== "" ? readPack(id) : undefined;
    if (found.keys !== "") writePack(id, before ? mergePacks(before, found) : found);
    writeProject(file);
    for (const { session, usd } of scan.clientCosts)
      if (forgottenUntil(session) === 0) statements.clientCost.run(id, session, fromUsd(usd));
    for (const { session, agentId, facts } of agentRunsIn(file, found.contexts))
      writeAgentRun(session, agentId, facts);
    if (scan.watched)
      statements.watched.run(
        id,
        goesOn ? statements.nextWatched.get(id) : 1,
        bytesOf(scan.watched.rows),
        JSON.stringify(scan.watched.tools),
      );
    const events = dropForgotten(scan.events, forgottenUntil(file.session));
    if (events !== "[]") statements.events.run(id, goesOn ? statements.nextEvents.get(id) : 1, events);
    return id;
  };
}

/** The projects' folders; many files of one project name the same. */
function createProjectWriter({ db }: Store): (file: ScannedFile) => void {
  const write = db.prepare(`
    INSERT INTO project VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET path = excluded.path, exact = 1 WHERE excluded.exact > exact`);
  const written = new Set<string>();
  return (file) => {
    const folder = projectFolder(file);
    const key = `${file.slug} ${folder?.path}`;
    if (!folder || written.has(key)) return;
    written.add(key);
    write.run(file.slug, folder.path, folder.exact ? 1 : 0);
  };
}

/** What a file says of the agent runs in it: its contexts, and before them the meta file beside it. */
function agentRunsIn(
  file: ScannedFile,
  contexts: readonly RequestContext[],
): Iterable<{ session: string; agentId: string; facts: AgentRunFacts }> {
  const runs = new Map<string, { session: string; agentId: string; facts: AgentRunFacts }>();
  const add = (session: string, agentId: string, facts: AgentRunFacts) => {
    const key = `${session} ${agentId}`;
    runs.set(key, { session, agentId, facts: { ...runs.get(key)?.facts, ...facts } });
  };
  for (const { session, agentId, agentType } of contexts)
    if (agentId) add(session, agentId, agentType ? { agentType } : {});
  if (file.agentId && file.scan.agentRun)
    add(file.session || (file.scan.contexts[0]?.session ?? ""), file.agentId, file.scan.agentRun);
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
function whatIsKnown({ size, mtimeMs, inode, readTo, fingerprint }: ScannedFile) {
  const { offset, line, unterminated } = readTo;
  return [size, mtimeMs, inode, offset, line, unterminated ? 1 : 0, fingerprint] as const;
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
function projectFolder({ slug, scan }: ScannedFile): { path: string; exact: boolean } | undefined {
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

function bytesOf(rows: Float64Array): Buffer {
  return Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function prepare(db: Store["db"]) {
  return {
    find: db.prepare("SELECT id, counts FROM transcript WHERE path = ?"),
    clear: ["request_pack", "client_cost", "event_batch", "watched"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE transcript = ?`),
    ),
    insert: db.prepare(`
      INSERT INTO transcript (path, slug, session, agent_id, size, mtime_ms, inode, "offset", line, unterminated, fingerprint,
        counts, observer)
      VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', '', '')`),
    update: db.prepare(`
      UPDATE transcript SET size = ?, mtime_ms = ?, inode = ?, "offset" = ?, line = ?, unterminated = ?, fingerprint = ?,
        first_at = ?, last_at = coalesce(?, last_at), counts = ?, observer = ?, gone = 0
      WHERE id = ?`),
    // Batches are numbered by statements of their own: a row made by a SELECT is copied several times over.
    nextWatched: db.prepare("SELECT coalesce(max(batch), 0) + 1 FROM watched WHERE transcript = ?").pluck(),
    watched: db.prepare("INSERT INTO watched VALUES (?, ?, ?, ?)"),
    nextEvents: db
      .prepare("SELECT coalesce(max(batch), 0) + 1 FROM event_batch WHERE transcript = ?")
      .pluck(),
    events: db.prepare("INSERT INTO event_batch VALUES (?, ?, ?)"),
    clientCost: db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)"),
  };
}
