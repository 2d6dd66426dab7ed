import { FAMILIES, type Tier } from "../domain/model.ts";
import { TIER_MODELS } from "./catalogue.ts";
import type { ModelTable } from "./resolve.ts";

/**
 * Returns the newest priced model of each tier on a UTC day: what the tier's alias means to Claude Code, or a model of the price file
 * that came out after it.
 */
export function newestOfTiers(table: ModelTable, day: string): Record<Tier, string> {
  return Object.fromEntries(
    FAMILIES.map((tier) => {
      const known = table.find(TIER_MODELS[tier])?.released ?? "";
      const [newest] = table.entries
        .filter(({ family, status, rates }) => family === tier && status === "active" && rates)
        .filter(({ released }) => released > known && released <= day)
        .toSorted((a, b) => (a.released < b.released ? 1 : -1));
      return [tier, newest?.id ?? TIER_MODELS[tier]];
    }),
  ) as Record<Tier, string>;
}
