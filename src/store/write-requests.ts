import { AT, type FileScan, type RequestContext, STOP_REASONS, WIDTH } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { createRowInserter, type RowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";
import { type ContextPricing, idsOf, type Pricing } from "./requests.ts";
import { putUsage, USAGE_COLUMNS, usageValues } from "./usage-columns.ts";
import type { SumWriter } from "./write-sums.ts";

/** Decides which requests of a file are kept: those of forgotten sessions are not. */
export type KeepRequest = (context: RequestContext, at: number) => boolean;

/**
 * Writes the requests of scans. Rows are gathered over transcripts: `flush` inserts the last of them. `isMore`: the transcript has rows
 * already, and the scan is what was added to it. Copies are decided afterwards (copies.ts). `sums`: adds up rows that are new.
 */
export function createRequestWriter(store: Tables, pricing: Pricing, sums?: SumWriter) {
  const contextWriter = createContextWriter(store);
  const rows = createRowInserter(store.db, "request", COLUMNS);
  const growth = createGrowth(store);
  const row = emptyRow(); // one for all: there are many
  function write(transcript: number, scan: FileScan, isMore: boolean, keep?: KeepRequest): void {
    if (scan.keys === "") return;
    if (isMore) rows.flush(); // what is there already is looked up
    const { numbers, contexts } = scan;
    const stops = [...STOP_REASONS, ...scan.otherStops];
    const prices = contexts.map((context) => pricing.of(context));
    const ids = contextWriter.write(transcript, scan, prices, isMore);
    row.id = isMore ? growth.nextId(transcript) : idsOf(transcript).from;
    let start = -WIDTH;
    for (const key of scan.keys.split("\n")) {
      takeNumbers(row, numbers, (start += WIDTH));
      const place = numbers[start + AT.context] as number;
      if (keep && !keep(contexts[place] as RequestContext, row.at)) continue;
      const price = prices[place] as ContextPricing;
      row.key = key;
      row.context = ids[place] as number;
      row.stop = stops[numbers[start + AT.stop] as number] as string;
      if (isMore && growth.merge(transcript, row, price)) continue;
      row.cost = price.cost(row.at, row.usage);
      addRow(rows, row);
      sums?.add(row);
      row.id++;
    }
    sums?.endTranscript();
  }
  const flush = (): void => {
    contextWriter.flush();
    rows.flush();
    sums?.flush();
  };
  return { write, flush };
}

/** Puts what a row of numbers says by itself into `to`. */
function takeNumbers(to: NewRow, numbers: Float64Array, start: number): void {
  to.at = numbers[start + AT.at] as number;
  to.line = numbers[start + AT.line] as number;
  to.usage.input = numbers[start + AT.input] as number;
  to.usage.output = numbers[start + AT.output] as number;
  to.usage.thinking = numbers[start + AT.thinking] as number;
  to.usage.cacheWrite5m = numbers[start + AT.cacheWrite5m] as number;
  to.usage.cacheWrite1h = numbers[start + AT.cacheWrite1h] as number;
  to.usage.cacheRead = numbers[start + AT.cacheRead] as number;
  to.usage.webSearches = numbers[start + AT.webSearches] as number;
  to.written = numbers[start + AT.written] as number;
}

/** The columns of a context, each with its field. */
const CONTEXT = {
  session: "session", agent_id: "agentId", agent_type: "agentType", served: "served", requested: "requested", effort: "effort",
  branch: "branch", cwd: "cwd", version: "version", nickname: "nickname", flags: "flags",
} as const satisfies Record<string, keyof RequestContext>; // prettier-ignore
const CONTEXT_COLUMNS = Object.keys(CONTEXT).join(", ");
const CONTEXT_FIELDS = Object.values(CONTEXT);

interface NewContext {
  id: number;
  transcript: number;
  context: RequestContext;
  model: string;
  isLast: boolean;
}

function addContext(
  { values, next }: RowInserter,
  { id, transcript, context, model, isLast }: NewContext,
): void {
  let place = next();
  values[place++] = id;
  values[place++] = transcript;
  values[place++] = model;
  values[place++] = context.agentId === "" ? "main" : context.agentType || "unknown";
  values[place++] = isLast ? 1 : 0;
  for (const field of CONTEXT_FIELDS) values[place++] = context[field];
}

/** Makes a writer of the contexts of scans: `write` gives ids to those that are new, and returns the ids of all. */
function createContextWriter({ db }: Tables) {
  const rows = createRowInserter(db, "context", `id, transcript, model, agent, is_last, ${CONTEXT_COLUMNS}`);
  let nextId = db.prepare<[], number>("SELECT coalesce(max(id), 0) + 1 FROM context").pluck().get() as number;
  const known = db
    .prepare<[number], [number, ...string[]]>(
      `SELECT id, ${CONTEXT_COLUMNS} FROM context WHERE transcript = ? ORDER BY id`,
    )
    .raw();
  const last = db.prepare("UPDATE context SET is_last = (id = ?) WHERE transcript = ?");
  const add = (transcript: number, context: RequestContext, model: string, isLast: boolean): number => {
    addContext(rows, { id: nextId, transcript, context, model, isLast });
    return nextId++;
  };
  function write(
    transcript: number,
    { contexts, lastContext }: FileScan,
    prices: readonly ContextPricing[],
    isMore: boolean,
  ): number[] {
    if (isMore) rows.flush();
    const before = new Map(
      isMore ? known.all(transcript).map(([id, ...values]) => [JSON.stringify(values), id]) : [],
    );
    const ids = contexts.map((context, index) => {
      const id =
        before.size > 0
          ? before.get(JSON.stringify(CONTEXT_FIELDS.map((field) => context[field])))
          : undefined;
      return id ?? add(transcript, context, (prices[index] as ContextPricing).model, index === lastContext);
    });
    if (isMore && lastContext >= 0) {
      rows.flush();
      last.run(ids[lastContext], transcript);
    }
    return ids;
  }
  return { write, flush: rows.flush };
}

const COLUMNS = `id, context, key, at, line, ${USAGE_COLUMNS}, cost, written, stop`;

interface NewRow {
  id: number;
  context: number;
  key: string;
  at: number;
  line: number;
  usage: Usage;
  cost: NanoUsd | undefined;
  written: number;
  stop: string;
}

function emptyRow(): NewRow {
  const usage = { ...NO_USAGE };
  return { id: 0, context: 0, key: "", at: 0, line: 0, usage, cost: undefined, written: 0, stop: "" };
}

function addRow(
  { values, next }: RowInserter,
  { id, context, key, at, line, usage, cost, written, stop }: NewRow,
): void {
  const start = next();
  values[start] = id;
  values[start + 1] = context;
  values[start + 2] = key;
  values[start + 3] = at;
  values[start + 4] = line;
  putUsage(values, start + 5, usage);
  values[start + 12] = cost ?? null;
  values[start + 13] = written;
  values[start + 14] = stop;
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
    `UPDATE request SET context = ?, (${USAGE_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?), cost = ?, stop = ? WHERE id = ?`,
  );
  const lengthen = store.db.prepare("UPDATE request SET written = written + ? WHERE id = ?");
  return {
    nextId(transcript: number): number {
      const { from, to } = idsOf(transcript);
      return next.get(from, from, to) as number;
    },
    /** Merges a later occurrence into a row that is there, as mergeOccurrence does. Returns whether one is. */
    merge(
      transcript: number,
      { key, context, usage, written, stop }: NewRow,
      price: ContextPricing,
    ): boolean {
      const { from, to } = idsOf(transcript);
      const known = find.get(key, from, to);
      if (!known) return false;
      if (usage.output >= known.output)
        update.run(context, ...usageValues(usage), price.cost(known.at, usage) ?? null, stop, known.id);
      if (written > 0) lengthen.run(written, known.id);
      return true;
    },
  };
}
