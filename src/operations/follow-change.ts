import { applyChanges } from "../agents/apply.ts";
import type { PlannedChange } from "../agents/change.ts";
import { ownTarget } from "../agents/change.ts";
import type { AgentPlace } from "../agents/locate.ts";
import { type ChangePlan, planPatches } from "../agents/plan-change.ts";
import { isWritten, planRevert, revertWrites } from "../agents/revert-change.ts";
import type { ChangeAdvice, ChangeDecision } from "../domain/change-decision.ts";
import { RolecallError } from "../errors.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readChangeDecisions, writeChangeDecisions } from "../store/change-decisions.ts";

/** A change with what following it would write. */
export interface PlannedAdvice extends ChangePlan {
  advice: ChangeAdvice;
}

/** Plans to follow changes. Writes nothing. Throws RolecallError for one that only a person can follow. */
export async function planToFollow(
  place: AgentPlace,
  changes: readonly ChangeAdvice[],
): Promise<PlannedAdvice[]> {
  const plans: PlannedAdvice[] = [];
  for (const advice of changes) {
    const plan = await planPatches(place, advice.patch);
    if (plan.changes.length === 0 && plan.byHand.length > 0)
      throw new RolecallError(`${advice.id}: nothing to write; it is something to do`, {
        hint: plan.byHand.join(" "),
      });
    plans.push({ ...plan, advice });
  }
  return plans;
}

/** Writes one plan after the other, each as an apply of its own, and remembers them. Returns the paths written. */
export async function followChanges(
  { store }: OpenedHistory,
  place: AgentPlace,
  changes: readonly ChangeAdvice[],
  now: number,
): Promise<string[]> {
  const written: string[] = [];
  for (const [index, advice] of changes.entries()) {
    // Planned again: two changes can be about the same file. The journal identifies applies by their time.
    const { target, changes: planned, writes } = await planPatches(place, advice.patch);
    const at = now + index;
    written.push(...applyChanges(target, planned, new Date(at)).map(({ path }) => path));
    const { level, root } = target;
    writeChangeDecisions(store, [{ id: advice.id, step: "applied", at, advice, level, root, writes }]);
  }
  return written;
}

/** A followed change with what reverting it would write. */
export interface PlannedReversal {
  decision: ChangeDecision;
  changes: readonly PlannedChange[];
}

/** Returns the changes among `ids` that were applied and not reverted, with what reverting them would write. Writes nothing. */
export function planReversals({ store }: OpenedHistory, ids: readonly string[]): PlannedReversal[] {
  return readChangeDecisions(store)
    .filter(({ id, step }) => step === "applied" && ids.includes(id))
    .toReversed()
    .map((decision) => ({ decision, changes: planReversal(decision) }));
}

function planReversal(decision: ChangeDecision): PlannedChange[] {
  return planRevert(ownTarget(decision), new Date(decision.at).toISOString(), decision.writes);
}

/** Reverts changes, the latest first, and remembers that. Returns the paths written. */
export function revertChanges(
  { store }: OpenedHistory,
  reversals: readonly PlannedReversal[],
  now: number,
): string[] {
  return reversals.flatMap(({ decision }, index) => {
    const moment = new Date(decision.at).toISOString();
    const at = now + index;
    const written = revertWrites(ownTarget(decision), moment, planReversal(decision), new Date(at));
    writeChangeDecisions(store, [{ ...decision, step: "reverted", at }]);
    return written.map(({ path }) => path);
  });
}

/** Returns whether what a change wrote is still there. */
export function isInForce(decision: ChangeDecision): boolean {
  return decision.step === "applied" && isWritten(ownTarget(decision), decision.writes);
}
