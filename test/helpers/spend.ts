import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toUsd } from "../../src/domain/money.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { readLineCounts } from "../../src/store/line-counts.ts";
import { sumSpend } from "../../src/store/spend-sums.ts";
import { openStore, type OpenedStore } from "../../src/store/open.ts";

/** Sums as truth files have them: `costUsd` is null where nothing is priced. */
export interface Spent {
  requests: number;
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
  costUsd: number | null;
}

/** A store with everything that the transcripts below `roots` hold. */
export async function ingested(...roots: string[]): Promise<OpenedStore> {
  const store = openStore(":memory:");
  await ingest(store, roots, createModelTable());
  return store;
}

/** The values of a sum that tests group by. */
export interface SpentKey {
  model: string;
  session: string;
  agent: string;
}

/** Returns what was spent, by whatever `keyOf` makes of a sum's values and its UTC day. */
export function spentBy(
  store: OpenedStore,
  keyOf: (values: SpentKey, day: string) => string,
): Record<string, Spent> {
  const sums: Record<string, Spent> = {};
  for (const { values, requests, unpriced, cost, ...counts } of sumSpend(
    store,
    ["model", "session", "agent", "day"],
    { timezone: "UTC" },
  )) {
    const day = new Date(Number(values.day) * 86_400_000).toISOString().slice(0, 10);
    const sum = (sums[keyOf(values as unknown as SpentKey, day)] ??= { ...NOTHING });
    for (const column of COLUMNS) sum[column] += counts[column];
    sum.requests += requests;
    if (unpriced === 0) sum.costUsd = toUsd((sum.costUsd ?? 0) * 1e9 + cost);
  }
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const COLUMNS = ["input", "output", "cacheWrite5m", "cacheWrite1h", "cacheRead", "webSearches"] as const;

const NOTHING: Spent = {
  requests: 0,
  input: 0,
  output: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  webSearches: 0,
  costUsd: null,
};

export const byModel = (values: SpentKey): string => values.model;
export const byModelAndDay = (values: SpentKey, day: string): string => `${day} ${values.model}`;
export const bySession = (values: SpentKey): string => values.session;
export const byAgent = (values: SpentKey): string => values.agent;

/** Returns how many lines were parsed in which way. */
export function lineCounts(store: OpenedStore): Record<string, number> {
  const lines = Object.entries(readLineCounts(store).lines);
  return Object.fromEntries(lines.filter(([code]) => !code.startsWith("type:")));
}

/** All totals of a store: whatever way it was filled, the same transcripts give the same ones. */
export function totalsOf(store: OpenedStore) {
  const { understood = 0, skipped = 0, ...diagnostics } = lineCounts(store);
  return {
    byModelAndDay: spentBy(store, byModelAndDay),
    bySession: spentBy(store, bySession),
    byAgent: spentBy(store, byAgent),
    lines: { known: understood + skipped, ...diagnostics },
  };
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "rolecall-"));
