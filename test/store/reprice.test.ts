import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModels } from "../../src/history/load-models.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore, type OpenedStore } from "../../src/store/open.ts";
import { byModel, spentBy, temporaryFolder } from "../helpers/spend.ts";

const PROVIDERS = join(import.meta.dirname, "../../fixtures/claude-home/provider-spellings");
const costsOf = (store: OpenedStore) =>
  Object.fromEntries(Object.entries(spentBy(store, byModel)).map(([model, { costUsd }]) => [model, costUsd]));

async function ingestWith(store: OpenedStore, prices: string | undefined): Promise<void> {
  const file = join(temporaryFolder(), "prices.yaml");
  writeFileSync(file, prices ?? "");
  await ingest(store, [PROVIDERS], loadModels(file, {}));
}

describe("when prices change", () => {
  it("costs that are kept are those of a fresh reading, both ways", async () => {
    const store = openStore(":memory:");
    await ingestWith(store, undefined);
    const before = costsOf(store);
    expect(before["claude-opus-5-6"]).toBeNull();
    const prices =
      "models:\n  claude-opus-5-6: {like: claude-opus-5-5, input: 5}\n  claude-opus-4-6: {output: 50}\n";
    await ingestWith(store, prices);
    const fresh = openStore(":memory:");
    await ingestWith(fresh, prices);
    expect(costsOf(store)).toEqual(costsOf(fresh));
    expect(costsOf(store)).toMatchObject({ "claude-opus-5-6": 0.00021, "claude-opus-4-6": 0.0005 });
    await ingestWith(store, undefined);
    expect(costsOf(store)).toEqual(before);
  });

  it("a name that the file gives to a model holds for what was read before", async () => {
    const store = openStore(":memory:");
    await ingestWith(store, undefined);
    await ingestWith(store, "models:\n  claude-opus-5-5: {aliases: [claude-opus-5-6]}\n");
    expect(costsOf(store)).not.toHaveProperty("claude-opus-5-6");
    expect(spentBy(store, byModel)["claude-opus-5-5"]?.requests).toBe(2);
  });
});
