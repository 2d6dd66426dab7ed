import { describe, expect, it } from "vitest";
import { writeCorpus } from "../../bench/corpus.ts";
import type { Sum } from "../../bench/corpus-session.ts";
import type { OpenedStore } from "../../src/store/open.ts";
import {
  byAgent,
  byModelAndDay,
  bySession,
  ingested,
  spentBy,
  type SpentKey,
  temporaryFolder,
} from "../helpers/spend.ts";

function sumsBy(store: OpenedStore, keyOf: (values: SpentKey, day: string) => string): Record<string, Sum> {
  const sums = Object.entries(spentBy(store, keyOf)).map(([key, spent]) => {
    const { webSearches: _, costUsd: __, ...sum } = spent;
    return [key, sum];
  });
  return Object.fromEntries(sums) as Record<string, Sum>;
}

describe("a made-up corpus", () => {
  it.each([1, 2])("comes to its truth by model and day, session and agent type (seed %i)", async (seed) => {
    const folder = temporaryFolder();
    const truth = writeCorpus(folder, { seed, projects: 4, sessions: 24, bytes: 1e6 });
    const store = await ingested(folder);
    expect(sumsBy(store, byModelAndDay)).toEqual(truth.byModelAndDay);
    expect(sumsBy(store, bySession)).toEqual(truth.bySession);
    expect(sumsBy(store, byAgent)).toEqual(truth.byAgent);
  });
});
