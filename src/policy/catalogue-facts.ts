import { compareText } from "../domain/compare.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { createModelTable } from "../models/resolve.ts";
import type { ModelFacts } from "./model-facts.ts";

/** `us.anthropic.…`, ARNs, `…@20251101`, `anthropic/…`: only these spellings may have dots and other variations. */
function isProviderSpelling(id: string): boolean {
  return /anthropic\.|[@/:]/.test(id);
}

/** Returns the facts about the models of the catalogue. */
export function modelFacts(): ModelFacts {
  const table = createModelTable();
  return {
    aliases: TIER_MODELS,
    tiers: TIER_MODELS,
    find: (id) => table.find(id, { firstParty: !isProviderSpelling(id) }),
    ids: table.entries
      .toSorted((a, b) => compareText(b.released, a.released))
      .flatMap(({ id, aliases = [] }) => [id, ...aliases]),
  };
}
