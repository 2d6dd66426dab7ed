import { AT, type FileScan, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";
import { type ContextPricing, idsOf, type Pricing } from "./requests.ts";
import { USAGE_COLUMNS, usageValues } from "./usage-columns.ts";
import { createWrittenWriter } from "./written.ts";

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
  const addWritten = createWrittenWriter(store);
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
      const known = isMore ? growth.merge(transcript, key, context, usage, price) : undefined;
      const id = known ?? next++;
      const line = numbers[start + AT.line] as number;
      if (known === undefined) rows.add({ id, context, key, at, line, usage, cost: price.cost(at, usage) });
      addWritten(id, numbers[start + AT.written] as number);
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

interface NewRow {
  id: number;
  context: number;
  key: string;
  at: number;
  line: number;
  usage: Usage;
  cost: NanoUsd | undefined;
}

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
  function add({ id, context, key, at, line, usage, cost }: NewRow): void {
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

interface KnownRequest {
  id: number;
  at: number;
  output: number;
}

/** Returns what is added to a transcript: its last request can go on in the lines that are new. */
function createGrowth(store: Tables) {
  const find = store.db.prepare<[string, number, number], KnownRequest>(
    "SELECT id, at, output FROM request WHERE key = ? AND id >= ? AND id < ?",
  );
  const next = store.db
    .prepare<[number, number, number], number>(
      "SELECT coalesce(max(id) + 1, ?) FROM request WHERE id >= ? AND id < ?",
    )
    .pluck();
  const update = store.db.prepare(
    `UPDATE request SET context = ?, (${USAGE_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?), cost = ? WHERE id = ?`,
  );
  return {
    nextId(transcript: number): number {
      const { from, to } = idsOf(transcript);
      return next.get(from, from, to) as number;
    },
    /** Merges a later occurrence into a row that is there, as mergeOccurrence does. Returns its id; undefined when none is. */
    merge(
      transcript: number,
      key: string,
      context: number,
      usage: Usage,
      price: ContextPricing,
    ): number | undefined {
      const { from, to } = idsOf(transcript);
      const known = find.get(key, from, to);
      if (known && usage.output >= known.output)
        update.run(context, ...usageValues(usage), price.cost(known.at, usage) ?? null, known.id);
      return known?.id;
    },
  };
}
