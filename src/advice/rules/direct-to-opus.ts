import { wilson } from "../../domain/rate.ts";
import { tierRank } from "../../domain/model.ts";
import { knownOf } from "../compare.ts";
import { patchAssignment } from "../patch.ts";
import { findPattern } from "../pattern.ts";
import { createRepricer } from "../reprice.ts";
import { tierOf } from "../role-view.ts";
import { normalQuantile } from "../statistics/normal.ts";
import type { AdviceRule } from "./rule.ts";

/**
 * Straight to Opus, for a kind of work that is escalated so often that the first attempt is mostly money lost: with an
 * escalation rate e, cost low + e × Opus exceeds Opus as soon as e > 1 − low ÷ Opus.
 */
export const directToOpus: AdviceRule = {
  kind: "direct-to-opus",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const { assignment, tasks } = view.current;
      const tier = tierOf(assignment, context.table);
      const known = knownOf(tasks);
      if (!tier || tierRank(tier) >= tierRank("opus") || known.length < context.enough) return [];
      const escalated = known.filter(({ outcome }) => outcome === "escalated");
      const rate = wilson(escalated.length, known.length, normalQuantile(0.95));
      const proposed = { model: context.tiers.opus, ...(assignment.effort && { effort: assignment.effort }) };
      const low = known.reduce((sum, task) => sum + task.costNano, 0) / 1e9;
      const reprice = createRepricer(proposed, context.table);
      if (!reprice) return [];
      const opus = known.reduce((sum, task) => sum + reprice(task), 0) / 1e9;
      const saved = (share: number | null) => low + (share ?? 0) * opus - opus;
      if (saved(rate.low) <= 0) return [];
      return findPattern(
        {
          kind: "direct-to-opus",
          role: view.role,
          agent: view.agents[0] ?? null,
          tasks: escalated,
          savedUsd: { low: saved(rate.low), mid: saved(rate.value), high: saved(rate.high) },
          confidence: "try",
          basis: [
            `${escalated.length} of ${known.length} tasks were taken up again on a higher tier`,
            "Opus was not seen on this work as a first choice: its cost is these tasks' tokens at its price",
          ],
          current: assignment,
          proposed,
          policyPatch: patchAssignment(view.role, proposed, context),
        },
        context,
      );
    }),
};
