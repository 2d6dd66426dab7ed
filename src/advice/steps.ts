import { type Effort, EFFORTS, FAMILIES, tierRank } from "../domain/model.ts";
import type { ModelAtEffort, RecommendationKind } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import { keyOf, type Unit } from "./unit.ts";

/** A change of a unit's assignment that is worth looking at. */
export interface Step {
  kind: RecommendationKind;
  proposed: ModelAtEffort;
}

/** The highest effort that is worth a step: the one above pays for no ordinary work. */
const HIGHEST = EFFORTS.indexOf("xhigh");

/**
 * Returns the steps that a unit may take: tiers below at medium or high effort (for the main session only the next one), another effort on its own model, the newer model of its tier, and tiers above up to
 * Opus at low or medium effort.
 */
export function stepsFor({ agent, current }: Unit, { table, tiers }: AdviceContext): Step[] {
  const entry = table.find(current.model);
  if (!entry) return [];
  const rank = tierRank(entry.family);
  const lowest = agent === "main" ? Math.max(0, rank - 1) : 0;
  const level = EFFORTS.indexOf(current.effort ?? entry.defaultEffort ?? "low");
  const at = (model: string, efforts: readonly Effort[]): ModelAtEffort[] => {
    const known = efforts.filter((effort) => table.find(model)?.efforts?.includes(effort));
    return known.length > 0 ? known.map((effort) => ({ model, effort })) : [{ model }];
  };
  const as = (kind: RecommendationKind, proposed: readonly ModelAtEffort[]) =>
    proposed.map((one): Step => ({ kind, proposed: one }));
  const newest = tiers[entry.family];
  return [
    ...FAMILIES.slice(lowest, rank).flatMap((tier) => as("lower-tier", at(tiers[tier], ["medium", "high"]))),
    ...(level > 0 ? as("lower-effort", at(current.model, EFFORTS.slice(0, level))) : []),
    ...(entry.efforts ? as("higher-effort", at(current.model, EFFORTS.slice(level + 1, HIGHEST + 1))) : []),
    ...(newest === current.model ? [] : as("newer-model", [{ ...current, model: newest }])),
    ...FAMILIES.slice(rank + 1, tierRank("opus") + 1).flatMap((tier) =>
      as(tier === "opus" ? "direct-to-opus" : "higher-tier", at(tiers[tier], ["low", "medium"])),
    ),
  ].filter(({ proposed }) => keyOf(proposed) !== keyOf(current));
}

/** Returns whether a step leads to a higher tier or effort. */
export function isUp({ kind }: Step): boolean {
  return kind === "higher-tier" || kind === "direct-to-opus" || kind === "higher-effort";
}
