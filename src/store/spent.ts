import { AT, WIDTH } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import type { Store, Tables } from "./open.ts";
import { contextsIn, numbersIn, type PackedContext } from "./request-packs.ts";
import { type CopiesOf, QUARTER_MS, SUM, SUM_WIDTH, sumUp } from "./request-sums.ts";

/** What many requests have in common, with the agent type and the project that other sources tell. */
export interface ContextRow extends PackedContext {
  /** `main` on the main thread. */
  agent: string;
  /** The project's folder, or its slug where no entry names it. */
  project: string;
}

/** One request, as it counts. */
export interface SpentRequest extends Usage {
  context: ContextRow;
  /** ms since the epoch. */
  at: number;
  /** Null where the model has no known price. */
  cost: NanoUsd | null;
}

/** A request as it lies in its pack: `at` in ms since the epoch, and where its usage and cost begin in `numbers`. */
export type VisitSpent = (context: ContextRow, at: number, numbers: Float64Array, start: number) => void;

/** Every request once, transcript by transcript. */
export function visitSpent(store: Store, period: Partial<Period>, visit: VisitSpent): void {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = period;
  const copies = readCopies(store);
  const toRow = contextReader(store);
  const packs = prepareRead(store, "request_pack", "numbers").iterate(since, until);
  for (const [transcript, blob, packed, slug] of packs) {
    const contexts = contextsIn(packed).map((context) => toRow(context, slug));
    visitPack(numbersIn(blob), contexts, copies.get(transcript), since, until, visit);
  }
}

/** What a table has of the transcripts with requests between two times: `numbers`, contexts and slug. */
function prepareRead({ db }: Tables, table: string, numbers: string) {
  return db
    .prepare<
      [since: number, until: number],
      [transcript: number, numbers: Buffer, contexts: string, slug: string]
    >(
      `SELECT ${table}.transcript, ${numbers}, contexts, slug
      FROM ${table} JOIN transcript ON transcript.id = ${table}.transcript
      WHERE ${table}.last_at >= ? AND ${table}.first_at < ?`,
    )
    .raw();
}

function visitPack(
  numbers: Float64Array,
  contexts: readonly ContextRow[],
  copies: CopiesOf | undefined,
  since: number,
  until: number,
  visit: VisitSpent,
): void {
  for (let start = 0; start < numbers.length; start += WIDTH) {
    const at = numbers[start + AT.at] as number;
    if (at < since || at >= until) continue;
    const copy = copies?.get(start / WIDTH);
    if (copy === null) continue;
    const context = contexts[numbers[start + AT.context] as number] as ContextRow;
    if (copy) visit(context, at, copy, 0);
    else visit(context, at, numbers, start);
  }
}

/** A sum over requests as it lies in its pack (request-sums.ts): where it begins in `sums`. */
export type VisitSum = (context: ContextRow, sums: Float64Array, start: number) => void;

/** The same added up, transcript by transcript. */
export function visitSums(store: Store, period: Partial<Period>, visit: VisitSum): void {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = period;
  const toRow = contextReader(store);
  const isCut = [since, until].some((at) => Number.isFinite(at) && at % QUARTER_MS !== 0);
  const sumsOf = isCut ? createCutter(store, since, until) : undefined;
  const packs = prepareRead(store, "request_sums", "sums").all(since, until);
  for (const [transcript, blob, packed, slug] of packs) {
    const contexts = contextsIn(packed).map((context) => toRow(context, slug));
    visitPackSums(sumsOf ? sumsOf(transcript) : numbersIn(blob), contexts, since, until, visit);
  }
}

/** Sums of the rows in a period that begins or ends within a quarter of an hour. */
function createCutter(store: Store, since: number, until: number): (transcript: number) => Float64Array {
  const copies = readCopies(store);
  const numbersOf = numbersReader(store);
  return (transcript) => sumUp(numbersOf(transcript), copies.get(transcript), since, until);
}

function visitPackSums(
  sums: Float64Array,
  contexts: readonly ContextRow[],
  since: number,
  until: number,
  visit: VisitSum,
): void {
  for (let start = 0; start < sums.length; start += SUM_WIDTH) {
    if ((sums[start + SUM.lastAt] as number) < since || (sums[start + SUM.firstAt] as number) >= until)
      continue;
    visit(contexts[sums[start + SUM.context] as number] as ContextRow, sums, start);
  }
}

/** Every request once, in order of time. */
export function readSpent(store: Store): SpentRequest[] {
  const requests: SpentRequest[] = [];
  visitSpent(store, {}, (context, at, numbers, start) =>
    requests.push(takeUsage({ ...NO_USAGE, cost: null, context, at }, numbers, start)),
  );
  return requests.sort((a, b) => a.at - b.at);
}

/** Puts the usage and the cost of a row into `to`, and returns that. */
export function takeUsage<T extends Usage & { cost: NanoUsd | null }>(
  to: T,
  numbers: Float64Array,
  start: number,
): T {
  to.input = numbers[start + AT.input] as number;
  to.output = numbers[start + AT.output] as number;
  to.thinking = numbers[start + AT.thinking] as number;
  to.cacheWrite5m = numbers[start + AT.cacheWrite5m] as number;
  to.cacheWrite1h = numbers[start + AT.cacheWrite1h] as number;
  to.cacheRead = numbers[start + AT.cacheRead] as number;
  to.webSearches = numbers[start + AT.webSearches] as number;
  const cost = numbers[start + AT.cost] as number;
  to.cost = Number.isNaN(cost) ? null : cost;
  return to;
}

function numbersReader({ db }: Tables): (transcript: number) => Float64Array {
  const read = db.prepare<[number], Buffer>("SELECT numbers FROM request_pack WHERE transcript = ?").pluck();
  return (transcript) => numbersIn(read.get(transcript) as Buffer);
}

/** By transcript, where its requests are in others as well. */
export function readCopies({ db }: Tables): ReadonlyMap<number, CopiesOf> {
  const rows = db.prepare("SELECT transcript, row, usage_transcript, usage_row FROM copied").raw().all() as [
    number,
    number,
    number | null,
    number | null,
  ][];
  const numbersOf = numbersReader({ db });
  const packs = new Map<number, Float64Array>();
  const copies = new Map<number, Map<number, Float64Array | null>>();
  for (const [transcript, row, from, fromRow] of rows) {
    let own = copies.get(transcript);
    if (!own) copies.set(transcript, (own = new Map()));
    if (from === null || fromRow === null) own.set(row, null);
    else {
      const numbers = packs.get(from) ?? numbersOf(from);
      packs.set(from, numbers);
      own.set(row, numbers.subarray(fromRow * WIDTH, (fromRow + 1) * WIDTH));
    }
  }
  return copies;
}

/** Adds to contexts what other sources tell of their agent and project. */
export function contextReader({ db }: Store): (context: PackedContext, slug: string) => ContextRow {
  const projects = new Map(db.prepare("SELECT slug, path FROM project").raw().all() as [string, string][]);
  const runs = db
    .prepare("SELECT session || ' ' || agent_id, agent_type FROM agent_run WHERE agent_type IS NOT NULL")
    .raw()
    .all();
  const types = new Map(runs as [string, string][]);
  const agentOf = ({ session, agentId, agentType }: PackedContext): string =>
    agentId === "" ? "main" : agentType || (types.get(`${session} ${agentId}`) ?? "unknown");
  return (context, slug) =>
    Object.assign(context, { agent: agentOf(context), project: projects.get(slug) ?? slug });
}
