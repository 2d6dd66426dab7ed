import type { NanoUsd } from "../domain/money.ts";
import { MEASURED, measuredAs } from "../domain/output-count.ts";
import { addUsage, borderBelow, promptTokens, type Usage } from "../domain/usage.ts";
import { createRowInserter, type RowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";
import { QUARTER_MS } from "./spend-sums.ts";
import { putUsage, USAGE_COLUMNS } from "./usage-columns.ts";

/** Adds up the requests that an empty store is filled with: reading them back to add them up takes four times as long. */
export interface SumWriter {
  /** Adds a request of the current transcript as one that counts. */
  add(request: SummedRequest): void;
  /** Writes the sums of the current transcript. */
  endTranscript(): void;
  /** Inserts what was gathered; call it at the end. */
  readonly flush: () => void;
}

/** A request with what is added up of it. */
interface SummedRequest {
  context: number;
  at: number;
  usage: Usage;
  cost: NanoUsd | undefined;
  /** Bytes of its answer; 0 where they are not known. */
  written: number;
  /** The reason for its end. */
  stop: string;
}

/** The requests of a row of `spend`. */
interface Sum extends Usage {
  quarter: number;
  promptAbove: number;
  measured: number;
  requests: number;
  unpriced: number;
  firstAt: number;
  lastAt: number;
  written: number;
  cost: NanoUsd;
}

/** Makes a writer; `borders`: prompt lengths above which some model has another price, ascending. */
export function createSumWriter({ db }: Tables, borders: readonly number[]): SumWriter {
  const rows = createRowInserter(db, "spend", COLUMNS);
  /** By context, then by quarter, border and measure. */
  const sums = new Map<number, Map<number, Sum>>();
  return {
    add(request) {
      const { context, at, usage, written, stop } = request;
      let own = sums.get(context);
      if (!own) sums.set(context, (own = new Map()));
      const quarter = Math.floor(at / QUARTER_MS);
      const promptAbove = borderBelow(promptTokens(usage), borders);
      const measured = measuredAs(usage.output, written, stop);
      const key = (quarter * (borders.length + 1) + borders.indexOf(promptAbove) + 1) * MEASURES + measured;
      const sum = own.get(key);
      if (sum) addTo(sum, request);
      else own.set(key, startSum(quarter, promptAbove, measured, request));
    },
    endTranscript() {
      for (const [context, own] of sums) for (const sum of own.values()) writeSum(rows, context, sum);
      sums.clear();
    },
    flush: rows.flush,
  };
}

const MEASURES = Object.keys(MEASURED).length;

function startSum(
  quarter: number,
  promptAbove: number,
  measured: number,
  { at, usage, cost, written }: SummedRequest,
): Sum {
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = usage;
  const unpriced = cost === undefined ? 1 : 0;
  return {
    quarter, promptAbove, measured, requests: 1, unpriced, firstAt: at, lastAt: at, written,
    input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches, cost: cost ?? 0,
  }; // prettier-ignore
}

function addTo(sum: Sum, { at, usage, cost, written }: SummedRequest): void {
  sum.requests++;
  sum.written += written;
  if (cost === undefined) sum.unpriced++;
  else sum.cost += cost;
  if (at < sum.firstAt) sum.firstAt = at;
  if (at > sum.lastAt) sum.lastAt = at;
  addUsage(sum, usage);
}

const COLUMNS = `context, quarter, prompt_above, elsewhere, measured, requests, unpriced, first_at, last_at, written, ${USAGE_COLUMNS}, cost`;

function writeSum({ values, next }: RowInserter, context: number, sum: Sum): void {
  const start = next();
  values[start] = context;
  values[start + 1] = sum.quarter;
  values[start + 2] = sum.promptAbove;
  values[start + 3] = ""; // elsewhere
  values[start + 4] = sum.measured;
  values[start + 5] = sum.requests;
  values[start + 6] = sum.unpriced;
  values[start + 7] = sum.firstAt;
  values[start + 8] = sum.lastAt;
  values[start + 9] = sum.written;
  putUsage(values, start + 10, sum);
  values[start + 17] = sum.cost;
}
