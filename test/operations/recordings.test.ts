import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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
    const spent = spentBy(await ingested(folder), byModel);
    const found = Object.fromEntries(
      Object.entries(spent).map(([model, { webSearches: _, ...columns }]) => [model, columns]),
    );
    expect(Object.keys(found).sort()).toEqual(Object.keys(transcripts.byModel).sort());
    for (const [model, { costUsd, unpriced, ...counts }] of Object.entries(transcripts.byModel)) {
      expect(found[model], model).toMatchObject(counts);
      if (unpriced) expect(found[model]?.costUsd, model).toBeNull();
      else expect(Math.abs((found[model]?.costUsd ?? Number.NaN) - costUsd), model).toBeLessThan(1e-9);
    }
  });
});
