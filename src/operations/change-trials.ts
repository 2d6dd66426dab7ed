import { trialsOf } from "../advice/change-trials.ts";
import { contextOf } from "../advice/recommend.ts";
import type { ChangeAdvice } from "../domain/change-decision.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { RolecallError } from "../errors.ts";
import type { Filters } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { adviceInputs } from "./recommend.ts";

/**
 * Returns the trials that following simulated changes of models starts. Throws RolecallError for a change whose trial could not end,
 * because no task of its agents is known here.
 */
export function trialsOfChanges(
  history: OpenedHistory,
  changes: readonly ChangeAdvice[],
  period: Period,
  now: number,
  filters: Filters,
): Recommendation[] {
  if (changes.length === 0) return [];
  const { tasks, span, options } = adviceInputs(history, period, now, filters);
  const context = contextOf(tasks, history.policy, span, options);
  return changes.flatMap((change) => {
    const trials = trialsOf(change, context);
    // What no file here decides is left out, unless it is all.
    const written = trials.filter(({ policyPatch }) => policyPatch !== null);
    if (trials.length > 0) return written.length > 0 ? written : trials;
    throw new RolecallError(`${change.id}: no task here would show how its trial goes`, {
      hint: "Try it in the repository where the work was done.",
    });
  });
}
