import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromUsd, toUsd } from "../../src/domain/money.ts";
import { byModel, ingested, type Spent, spentBy } from "../helpers/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

interface Expected {
  transcripts: {
    byModel: Record<string, Omit<Spent, "webSearches" | "costUsd"> & { costUsd: number; unpriced?: number }>;
  };
}

describe("sessions recorded with the real client", () => {
  it.each(readdirSync(RECORDINGS))("%s: requests, tokens and dollars by model are exact", async (name) => {
    const folder = join(RECORDINGS, name);
    const { transcripts } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
    const expected = Object.entries(transcripts.byModel).map(([model, { unpriced, costUsd, ...counts }]) => [
      model,
      { ...counts, costUsd: unpriced ? null : toUsd(fromUsd(costUsd)) },
    ]);
    const spent = Object.entries(spentBy(await ingested(folder), byModel)).map(([model, columns]) => {
      const { webSearches: _, ...counts } = columns;
      return [model, counts];
    });
    expect(Object.fromEntries(spent)).toEqual(Object.fromEntries(expected));
  });
});
