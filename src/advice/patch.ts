import type { ModelAtEffort, TrialPlan } from "../domain/recommendation.ts";
import { FAMILIES } from "../domain/model.ts";
import type { AdviceContext } from "./context.ts";

type PolicyPatch = Readonly<Record<string, unknown>>;

/** How the policy writes a model: its tier where it is that tier's model, else the exact id. */
export function writtenModel(
  { model }: ModelAtEffort,
  tiers: AdviceContext["tiers"],
): { tier: string } | { model: string } {
  const tier = FAMILIES.find((tier) => tiers[tier] === model);
  return tier ? { tier } : { model };
}

/** Puts a role, or the main session, on `proposed`. */
export function patchAssignment(role: string, proposed: ModelAtEffort, context: AdviceContext): PolicyPatch {
  const written = writtenModel(proposed, context.tiers);
  const effort = proposed.effort ? { effort: proposed.effort } : {};
  if (role === "main")
    return { main: { model: "tier" in written ? written.tier : written.model, ...effort } };
  return { roles: { [role]: { ...purposeOf(role, context), ...written, ...effort } } };
}

/** A role that the policy does not know yet, being an agent that the user wrote, has to say what it is for. */
function purposeOf(role: string, { policy }: AdviceContext): PolicyPatch {
  return policy.roles.has(role) ? {} : { purpose: `Does what the agent ${role} does.` };
}

/** Puts a role on trial; the policy knows no trial of the main session, which is simply moved. */
export function patchTrial(
  role: string,
  proposed: ModelAtEffort,
  plan: TrialPlan,
  context: AdviceContext,
): PolicyPatch {
  if (role === "main") return patchAssignment(role, proposed, context);
  const effort = proposed.effort ? { effort: proposed.effort } : {};
  const trial = { ...writtenModel(proposed, context.tiers), ...effort, ...plan };
  return { roles: { [role]: { ...purposeOf(role, context), trial } } };
}

/** A word for ids and commands: `haiku`, `haiku-high`, `claude-opus-4-8-low`. */
export function shortName(assignment: ModelAtEffort, tiers: AdviceContext["tiers"]): string {
  const written = writtenModel(assignment, tiers);
  const name = "tier" in written ? written.tier : written.model;
  return assignment.effort ? `${name}-${assignment.effort}` : name;
}
