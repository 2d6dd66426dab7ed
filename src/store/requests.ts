import { AT, type FileScan, FLAG, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";

/**
 * A row for each request in each transcript that holds it. A request can occur in several (forks, resumes, echoes): every occurrence
 * stays as its file has it, so that a file can be read again on its own, and one of them counts (copies.ts).
 */
export const REQUESTS_SCHEMA = `
-- What many requests of a transcript have in common, as their entries state it; empty when they do not.
CREATE TABLE context (
  id INTEGER PRIMARY KEY,
  transcript INTEGER NOT NULL,
  session TEXT NOT NULL,
  -- Empty on the main thread.
  agent_id TEXT NOT NULL,
  -- The agent type that the entries name, and the one that counts: "main", this one, that of the call, or "unknown".
  agent_type TEXT NOT NULL,
  agent TEXT NOT NULL,
  -- The model that answered as spelled there, its canonical id, and the model that was asked for.
  served TEXT NOT NULL,
  model TEXT NOT NULL,
  requested TEXT NOT NULL,
  effort TEXT NOT NULL,
  branch TEXT NOT NULL,
  cwd TEXT NOT NULL,
  version TEXT NOT NULL,
  nickname TEXT NOT NULL,
  stop TEXT NOT NULL,
  -- Sum of: ${Object.entries(FLAG)
    .map(([name, bit]) => `${bit} ${name}`)
    .join(", ")}.
  flags INTEGER NOT NULL,
  -- 1 for the context of the transcript's last request.
  is_last INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX context_transcript ON context (transcript);

CREATE TABLE request (
  -- transcript × 16777216 + number within it: the requests of a transcript are adjacent.
  id INTEGER PRIMARY KEY,
  context INTEGER NOT NULL,
  -- The same in every copy of a request (docs/definitions.md, Request).
  key TEXT NOT NULL,
  -- Time of its first entry in ms since the epoch, and that entry's line.
  at INTEGER NOT NULL,
  line INTEGER NOT NULL,
  -- Tokens. Clients have written fractions.
  input REAL NOT NULL,
  output REAL NOT NULL,
  thinking REAL NOT NULL,
  cache_write_5m REAL NOT NULL,
  cache_write_1h REAL NOT NULL,
  cache_read REAL NOT NULL,
  web_searches REAL NOT NULL,
  -- Nano-dollars; null when the model has no known price.
  cost REAL,
  -- 0 when another occurrence of the same account counts.
  counted INTEGER NOT NULL DEFAULT 1,
  -- Accounts whose occurrence counts instead when they are shown as well, as a JSON array; empty when there are none.
  elsewhere TEXT NOT NULL DEFAULT '',
  -- The occurrence with the most output, whose usage counts instead of this one's; null when it is this one.
  usage_of INTEGER
) STRICT;
CREATE INDEX request_key ON request (key);

-- Every request once in each account that holds it.
CREATE VIEW counted_request AS
SELECT request.id, request.context, request.at, request.line, request.elsewhere,
  iif(most.id IS NULL, request.input, most.input) AS input,
  iif(most.id IS NULL, request.output, most.output) AS output,
  iif(most.id IS NULL, request.thinking, most.thinking) AS thinking,
  iif(most.id IS NULL, request.cache_write_5m, most.cache_write_5m) AS cache_write_5m,
  iif(most.id IS NULL, request.cache_write_1h, most.cache_write_1h) AS cache_write_1h,
  iif(most.id IS NULL, request.cache_read, most.cache_read) AS cache_read,
  iif(most.id IS NULL, request.web_searches, most.web_searches) AS web_searches,
  iif(most.id IS NULL, request.cost, most.cost) AS cost
FROM request LEFT JOIN request AS most ON most.id = request.usage_of
WHERE request.counted = 1;
`;

/** How many ids a transcript has. */
export const ROOM = 2 ** 24;

/** Returns the ids that the requests of a transcript can have: from the first to before the second. */
export function idsOf(transcript: number): { from: number; to: number } {
  return { from: transcript * ROOM, to: (transcript + 1) * ROOM };
}

/** The transcript that a request's id belongs to. */
export const transcriptOf = (id: number): number => Math.floor(id / ROOM);

/** The columns of usage in `request`, `spend` and `task_bill`, in the order of `Usage`. */
export const USAGE_COLUMNS =
  "input, output, thinking, cache_write_5m, cache_write_1h, cache_read, web_searches";

/** How the requests of one context are priced. */
export interface ContextPricing {
  /** The canonical id of the model; an unknown one as it is spelled. */
  model: string;
  /** Returns nano-dollars, or undefined when the price is not known; `at` in ms since the epoch. */
  cost(at: number, usage: Usage): NanoUsd | undefined;
}

/** How requests are priced: the store keeps costs but knows no prices. */
export interface Pricing {
  /** Differs whenever a price or a rule does. */
  fingerprint: string;
  /** Prompt lengths in tokens above which some model has another price, ascending. */
  promptBorders: readonly number[];
  of(context: RequestContext): ContextPricing;
}

/** Decides which requests of a file are kept: those of forgotten sessions are not. */
export type KeepRequest = (context: RequestContext, at: number) => boolean;

/**
 * Writes the requests of scans. Rows are gathered over transcripts: `flush` inserts the last of them. `isMore`: the transcript has rows
 * already, and the scan is what was added to it. Copies are decided afterwards (copies.ts).
 */
export function createRequestWriter(store: Tables, pricing: Pricing) {
  const writeContexts = createContextWriter(store);
  const rows = createRowWriter(store);
  const growth = createGrowth(store);
  const usage = { ...NO_USAGE };
  function write(transcript: number, scan: FileScan, isMore: boolean, keep?: KeepRequest): void {
    if (scan.keys === "") return;
    if (isMore) rows.flush(); // what is there already is looked up
    const { numbers, contexts } = scan;
    const prices = contexts.map((context) => pricing.of(context));
    const ids = writeContexts(transcript, scan, prices, isMore);
    let next = isMore ? growth.nextId(transcript) : idsOf(transcript).from;
    let start = -WIDTH;
    for (const key of scan.keys.split("\n")) {
      start += WIDTH;
      const place = numbers[start + AT.context] as number;
      const at = numbers[start + AT.at] as number;
      if (keep && !keep(contexts[place] as RequestContext, at)) continue;
      const price = prices[place] as ContextPricing;
      const context = ids[place] as number;
      takeUsage(usage, numbers, start);
      if (isMore && growth.merge(transcript, key, context, usage, price)) continue;
      rows.add(next++, context, key, at, numbers[start + AT.line] as number, usage, price.cost(at, usage));
    }
  }
  return { write, flush: rows.flush };
}

/** Puts the usage of a row of numbers into `to`. */
function takeUsage(to: Usage, numbers: Float64Array, start: number): void {
  to.input = numbers[start + AT.input] as number;
  to.output = numbers[start + AT.output] as number;
  to.thinking = numbers[start + AT.thinking] as number;
  to.cacheWrite5m = numbers[start + AT.cacheWrite5m] as number;
  to.cacheWrite1h = numbers[start + AT.cacheWrite1h] as number;
  to.cacheRead = numbers[start + AT.cacheRead] as number;
  to.webSearches = numbers[start + AT.webSearches] as number;
}

/** The columns of a context, each with its field. */
const CONTEXT = {
  session: "session", agent_id: "agentId", agent_type: "agentType", served: "served", requested: "requested", effort: "effort",
  branch: "branch", cwd: "cwd", version: "version", nickname: "nickname", stop: "stop", flags: "flags",
} as const satisfies Record<string, keyof RequestContext>; // prettier-ignore
const CONTEXT_COLUMNS = Object.keys(CONTEXT).join(", ");
const CONTEXT_FIELDS = Object.values(CONTEXT);

/** Makes a function that writes the contexts of a scan where they are new, and returns their ids. */
function createContextWriter({ db }: Tables) {
  const insert = db.prepare(
    `INSERT INTO context (transcript, model, agent, is_last, ${CONTEXT_COLUMNS}) VALUES (${Array.from({ length: 4 + CONTEXT_FIELDS.length }, () => "?").join(", ")})`,
  );
  const known = db
    .prepare<[number], [number, ...string[]]>(
      `SELECT id, ${CONTEXT_COLUMNS} FROM context WHERE transcript = ? ORDER BY id`,
    )
    .raw();
  const last = db.prepare("UPDATE context SET is_last = (id = ?) WHERE transcript = ?");
  return (
    transcript: number,
    { contexts, lastContext }: FileScan,
    prices: readonly ContextPricing[],
    isMore: boolean,
  ): number[] => {
    const before = new Map(
      isMore ? known.all(transcript).map(([id, ...values]) => [JSON.stringify(values), id]) : [],
    );
    const ids = contexts.map((context, index) => {
      const values = CONTEXT_FIELDS.map((field) => context[field]);
      const id = before.get(JSON.stringify(values));
      if (id !== undefined) return id;
      const { model } = prices[index] as ContextPricing;
      const agent = context.agentId === "" ? "main" : context.agentType || "unknown";
      return Number(
        insert.run(transcript, model, agent, index === lastContext ? 1 : 0, ...values).lastInsertRowid,
      );
    });
    if (isMore && lastContext >= 0) last.run(ids[lastContext], transcript);
    return ids;
  };
}

/** Rows written by one statement; one at a time costs 15 % more. */
const BATCH = 40;
const ROW_WIDTH = 13;

/** Gathers rows and inserts them in batches. */
function createRowWriter({ db }: Tables) {
  const places = `(${Array.from({ length: ROW_WIDTH }, () => "?").join(", ")})`;
  const insert = (rows: number) =>
    db.prepare(
      `INSERT INTO request (id, context, key, at, line, ${USAGE_COLUMNS}, cost) VALUES ${Array.from({ length: rows }, () => places).join(", ")}`,
    );
  const [one, many] = [insert(1), insert(BATCH)];
  const values: (number | string | null)[] = Array.from({ length: BATCH * ROW_WIDTH }, () => null);
  let filled = 0;
  function add(
    id: number,
    context: number,
    key: string,
    at: number,
    line: number,
    usage: Usage,
    cost?: NanoUsd,
  ) {
    values[filled] = id;
    values[filled + 1] = context;
    values[filled + 2] = key;
    values[filled + 3] = at;
    values[filled + 4] = line;
    values[filled + 5] = usage.input;
    values[filled + 6] = usage.output;
    values[filled + 7] = usage.thinking;
    values[filled + 8] = usage.cacheWrite5m;
    values[filled + 9] = usage.cacheWrite1h;
    values[filled + 10] = usage.cacheRead;
    values[filled + 11] = usage.webSearches;
    values[filled + 12] = cost ?? null;
    filled += ROW_WIDTH;
    if (filled < values.length) return;
    many.run(values);
    filled = 0;
  }
  function flush(): void {
    for (let from = 0; from < filled; from += ROW_WIDTH) one.run(values.slice(from, from + ROW_WIDTH));
    filled = 0;
  }
  return { add, flush };
}

/** In the order of USAGE_COLUMNS. */
export function usageValues(usage: Usage): number[] {
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = usage;
  return [input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches];
}

/** What is added to a transcript: its last request can go on in the lines that are new. */
function createGrowth({ db }: Tables) {
  const next = db
    .prepare<[number, number, number], number>(
      "SELECT coalesce(max(id) + 1, ?) FROM request WHERE id >= ? AND id < ?",
    )
    .pluck();
  const find = db.prepare<[string, number, number], { id: number; at: number; output: number }>(
    "SELECT id, at, output FROM request WHERE key = ? AND id >= ? AND id < ?",
  );
  const update = db.prepare(
    `UPDATE request SET context = ?, (${USAGE_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?), cost = ? WHERE id = ?`,
  );
  return {
    nextId(transcript: number): number {
      const { from, to } = idsOf(transcript);
      return next.get(from, from, to) as number;
    },
    /** Merges a later occurrence into a row that is there, as mergeOccurrence does; false when none is. */
    merge(transcript: number, key: string, context: number, usage: Usage, price: ContextPricing): boolean {
      const { from, to } = idsOf(transcript);
      const known = find.get(key, from, to);
      if (known && usage.output >= known.output)
        update.run(context, ...usageValues(usage), price.cost(known.at, usage) ?? null, known.id);
      return known !== undefined;
    },
  };
}

/** Deletes the requests of a transcript. */
export function createRequestRemover({ db }: Tables): (transcript: number) => void {
  const rows = db.prepare("DELETE FROM request WHERE id >= ? AND id < ?");
  const contexts = db.prepare("DELETE FROM context WHERE transcript = ?");
  return (transcript) => {
    const { from, to } = idsOf(transcript);
    rows.run(from, to);
    contexts.run(transcript);
  };
}

/**
 * Drops the index of keys while an empty store is filled, because building it afterwards takes a tenth of the time. Returns what builds
 * it again; call that before copies are resolved, in the same transaction.
 */
export function dropKeyIndex({ db }: Tables): () => void {
  db.exec("DROP INDEX request_key");
  return () => db.exec("CREATE INDEX request_key ON request (key)");
}
