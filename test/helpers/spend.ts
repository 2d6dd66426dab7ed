import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FLAG } from "../../src/domain/file-scan.ts";
import { toUsd } from "../../src/domain/money.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { readSpendGroups } from "../../src/store/spend-groups.ts";
import type { ContextRow } from "../../src/store/spent.ts";
import { openStore, type Store } from "../../src/store/open.ts";

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
export async function ingested(...roots: string[]): Promise<Store> {
  const store = openStore(":memory:");
  await ingest(store, roots, createModelTable());
  return store;
}

/** What was spent, by whatever `keyOf` makes of a context and a UTC day. */
export function spentBy(
  store: Store,
  keyOf: (context: ContextRow, day: string) => string,
): Record<string, Spent> {
  const sums: Record<string, Spent> = {};
  for (const group of readSpendGroups(store, { timezone: "UTC" }, true)) {
    const { context } = group;
    const key = keyOf(context, new Date(group.day * 86_400_000).toISOString().slice(0, 10));
    const sum = (sums[key] ??= { ...NOTHING });
    for (const column of COLUMNS) sum[column] += group[column];
    if ((context.flags & FLAG.part) === 0) sum.requests += group.requests;
    if (group.cost !== null) sum.costUsd = toUsd((sum.costUsd ?? 0) * 1e9 + group.cost);
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

export const byModel = (context: ContextRow): string => context.model;
export const byModelAndDay = (context: ContextRow, day: string): string => `${day} ${context.model}`;
export const bySession = (context: ContextRow): string => context.session;
export const byAgent = (context: ContextRow): string => context.agent;

/** All totals of a store: whatever way it was filled, the same transcripts give the same ones. */
export function totalsOf(store: Store) {
  const { understood = 0, skipped = 0, ...diagnostics } = lineCounts(store);
  return {
    byModelAndDay: spentBy(store, byModelAndDay),
    bySession: spentBy(store, bySession),
    byAgent: spentBy(store, byAgent),
    lines: { known: understood + skipped, ...diagnostics },
  };
}

/** Counts lines by how they were read, summed over the files. */
export function lineCounts({ db }: Store): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of db.prepare<[], string>("SELECT counts FROM transcript").pluck().all())
    for (const [code, count] of Object.entries((JSON.parse(counts) as { lines: object }).lines))
      sums[code] = (sums[code] ?? 0) + (count as number);
  return sums;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "rolecall-"));
