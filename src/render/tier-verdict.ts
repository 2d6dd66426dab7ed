import type { TierVerdict } from "../analysis/fallbacks/tiers.ts";
import type { Style } from "./style.ts";

/** The words and the color of each verdict on a tier. The longest ones still fit the table of `fallbacks` into 120 columns. */
const VERDICTS = {
  excellent: ["green", "excellent"],
  good: ["cyan", "good"],
  review: ["yellow", "review routing"],
  "too-few": ["dim", "too few to say"],
} as const satisfies Record<TierVerdict, readonly [string, string]>;

/** Renders the verdict on a tier for a table. */
export function formatTierVerdict(verdict: TierVerdict, style: Style): string {
  const [color, words] = VERDICTS[verdict];
  return style(color, words);
}
