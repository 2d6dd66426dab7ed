import { EFFORTS, FAMILIES, tierRank } from "../domain/model.ts";
import type { ModelAtEffort, RecommendationKind } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import { costOf, countVotes, keyOf, type Unit, usualComplexity } from "./unit.ts";

/** A change of a unit's assignment that is worth looking at. */
export interface Step {
  kind: RecommendationKind;
  proposed: ModelAtEffort;
}

/** A tier up is looked at once redos cost so much of what the runs do. */
const REDOS_COST = 0.5;

/**
 * The next steps of a unit: the newer model of its tier, the next tier down at its medium effort (for mechanical work straight to the
 * lowest, except for the main session), one effort less, or up where redos are expensive.
 */
export function stepsFor(unit: Unit, { table, tiers }: AdviceContext): Step[] {
  const { current, now } = unit;
  const entry = table.find(current.model);
  if (!entry || now.length === 0) return [];
  const rank = tierRank(entry.family);
  const steps: Step[] = [];
  const newest = tiers[entry.family];
  if (newest !== current.model) steps.push({ kind: "newer-model", proposed: { ...current, model: newest } });
  const mechanical = unit.agent !== "main" && usualComplexity(now) === "mechanical";
  for (const tier of FAMILIES.slice(mechanical ? 0 : Math.max(0, rank - 1), rank))
    steps.push({ kind: "lower-tier", proposed: atMedium(tiers[tier], table) });
  const effort = current.effort ?? entry.defaultEffort;
  const below = effort && EFFORTS[EFFORTS.indexOf(effort) - 1];
  if (below && entry.efforts?.includes(below))
    steps.push({ kind: "lower-effort", proposed: { model: current.model, effort: below } });
  const { accepted, known } = countVotes(now);
  const redone = known === 0 ? 0 : ((known - accepted) / known) * unit.failureNano;
  if (redone > (REDOS_COST * costOf(now)) / now.length)
    for (const tier of FAMILIES.slice(rank + 1, tierRank("opus") + 1))
      steps.push({
        kind: tier === "opus" ? "direct-to-opus" : "higher-tier",
        proposed: atMedium(tiers[tier], table),
      });
  return steps.filter(({ proposed }) => keyOf(proposed) !== keyOf(current));
}

/** Returns whether a step leads to a higher tier. */
export function isUp({ kind }: Step): boolean {
  return kind === "higher-tier" || kind === "direct-to-opus";
}

function atMedium(model: string, table: AdviceContext["table"]): ModelAtEffort {
  return table.find(model)?.efforts?.includes("medium") ? { model, effort: "medium" } : { model };
}
