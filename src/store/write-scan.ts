import { type Column, COLUMNS, type FileScan, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { createAgentRunWriter } from "./agent-runs.ts";
import { openContexts } from "./contexts.ts";
import { dropForgotten, readForgotten } from "./forget.ts";
import type { Store } from "./open.ts";

/** How a model's requests are priced: the store keeps costs, but knows no prices. */
export interface Pricing {
  /** Differs where any price or rule does. */
  fingerprint: string;
  /** The canonical id; an unknown one as it is. */
  model(context: RequestContext): string;
  /** Undefined where the price is not known. */
  cost(context: RequestContext, at: number, usage: Usage): NanoUsd | undefined;
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

/** Writes what reading files brought to light; must run inside a transaction. */
export function createScanWriter(store: Store, pricing: Pricing): (file: ScannedFile) => void {
  const statements = prepare(store.db);
  const contexts = openContexts(store);
  const writeAgentRun = createAgentRunWriter(store);
  const forgottenUntil = readForgotten(store);

  return function writeScan(file) {
    const { scan } = file;
    const known = statements.find.get(file.path) as { id: number; counts: string } | undefined;
    if (known && file.rewritten) for (const clear of statements.clear) clear.run(known.id);
    const ids = scan.contexts.map((context) => contexts.id(file.slug, context, pricing.model(context)));
    const { id } = statements.transcript.get({
      ...pick(file),
      firstAt: orNull(scan.firstAt),
      lastAt: orNull(scan.lastAt),
      lastContext: ids[scan.lastContext] ?? null,
      counts: JSON.stringify(
        sumCounts(known && !file.rewritten ? (JSON.parse(known.counts) as Counts) : EMPTY, scan),
      ),
      observer: scan.observer,
    }) as { id: number };
    writeRequests(id, scan, ids, known !== undefined && !file.rewritten);
    const folder = projectFolder(file);
    if (folder) statements.project.run(file.slug, folder.path, folder.exact ? 1 : 0);
    for (const { session, usd } of scan.clientCosts)
      if (forgottenUntil(session) === 0) statements.clientCost.run(id, session, fromUsd(usd));
    if (file.agentId && scan.agentRun)
      writeAgentRun(file.session || (scan.contexts[0]?.session ?? ""), file.agentId, scan.agentRun);
    if (scan.watched)
      statements.watched.run(id, bytesOf(scan.watched.rows), JSON.stringify(scan.watched.tools), id);
    const events = dropForgotten(scan.events, forgottenUntil(file.session));
    if (events !== "[]") statements.events.run(id, events, id);
  };

  function writeRequests(transcript: number, scan: FileScan, ids: readonly number[], more: boolean): void {
    const statement = more ? statements.more : statements.request;
    const keys = scan.keys === "" ? [] : scan.keys.split("\n");
    const usage = { ...NO_USAGE };
    const since = scan.contexts.map(({ session }) => forgottenUntil(session));
    let start = -WIDTH;
    const number = (column: Column) => scan.numbers[start + AT[column]] as number;
    for (const key of keys) {
      start += WIDTH;
      const at = number("at");
      const context = number("context");
      if (at < (since[context] ?? 0)) continue;
      usage.input = number("input");
      usage.output = number("output");
      usage.thinking = number("thinking");
      usage.cacheWrite5m = number("cacheWrite5m");
      usage.cacheWrite1h = number("cacheWrite1h");
      usage.cacheRead = number("cacheRead");
      usage.webSearches = number("webSearches");
      const cost = pricing.cost(scan.contexts[context] as RequestContext, at, usage);
      statement.run(
        transcript,
        key,
        at,
        number("line"),
        ids[context],
        usage.input,
        usage.output,
        usage.thinking,
        usage.cacheWrite5m,
        usage.cacheWrite1h,
        usage.cacheRead,
        usage.webSearches,
        cost ?? null,
      );
    }
  }
}

const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Record<Column, number>;

function pick({ path, slug, session, agentId, size, mtimeMs, inode, fingerprint, readTo }: ScannedFile) {
  const { offset, line } = readTo;
  return {
    path,
    slug,
    session,
    agentId,
    size,
    mtimeMs,
    inode,
    fingerprint,
    offset,
    line,
    unterminated: readTo.unterminated ? 1 : 0,
  };
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
  const folders = new Set(scan.contexts.map((context) => context.cwd));
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
    clear: ["request", "client_cost", "event_batch", "watched"].map((table) =>
      db.prepare(`DELETE FROM ${table} WHERE transcript = ?`),
    ),
    transcript: db.prepare(`
      INSERT INTO transcript (path, slug, session, agent_id, size, mtime_ms, inode, "offset", line, unterminated, fingerprint,
        first_at, last_at, last_context, counts, observer)
      VALUES (@path, @slug, @session, @agentId, @size, @mtimeMs, @inode, @offset, @line, @unterminated, @fingerprint,
        @firstAt, @lastAt, @lastContext, @counts, @observer)
      ON CONFLICT (path) DO UPDATE SET size = @size, mtime_ms = @mtimeMs, inode = @inode, "offset" = @offset, line = @line,
        unterminated = @unterminated, fingerprint = @fingerprint, first_at = @firstAt, last_at = coalesce(@lastAt, last_at),
        last_context = coalesce(@lastContext, last_context), counts = @counts, observer = @observer, gone = 0
      RETURNING id`),
    request: db.prepare(REQUEST),
    // The sighting with the most output speaks for the request, the last such on a tie; its time is that of the first.
    more: db.prepare(`${REQUEST}
      ON CONFLICT (key, transcript) DO UPDATE SET context = excluded.context, input = excluded.input, output = excluded.output,
        thinking = excluded.thinking, cache_write_5m = excluded.cache_write_5m, cache_write_1h = excluded.cache_write_1h,
        cache_read = excluded.cache_read, web_searches = excluded.web_searches, cost = excluded.cost
      WHERE excluded.output >= output`),
    project: db.prepare(`
      INSERT INTO project VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET path = excluded.path, exact = 1 WHERE excluded.exact > exact`),
    watched: db.prepare(`
      INSERT INTO watched SELECT ?, coalesce(max(batch), 0) + 1, ?, ? FROM watched WHERE transcript = ?`),
    clientCost: db.prepare("INSERT OR REPLACE INTO client_cost VALUES (?, ?, ?)"),
    events: db.prepare(`
      INSERT INTO event_batch SELECT ?, coalesce(max(batch), 0) + 1, ? FROM event_batch WHERE transcript = ?`),
  };
}

const REQUEST = `
  INSERT INTO request (transcript, key, at, line, context, input, output, thinking, cache_write_5m, cache_write_1h,
    cache_read, web_searches, cost)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
