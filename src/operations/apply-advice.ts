import type { Decision, DecisionStep } from "../domain/decision.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { writtenModel } from "../advice/patch.ts";
import { RolecallError } from "../errors.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import type { PolicyEdit } from "../policy/edit.ts";
import type { WrittenPolicy } from "../policy/written.ts";
import { writeDecisions } from "../store/decisions.ts";
import type { AgentPlace } from "../agents/place.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { applyPlan, loadPlan, type Planned } from "../agents/load-plan.ts";

/** What following advice would change: the policy, and the files that come of it. Writes nothing. */
export async function loadAdvicePlan(
  place: AgentPlace,
  recommendations: readonly Recommendation[],
  step: Exclude<DecisionStep, "dismissed">,
): Promise<Planned> {
  const without = recommendations.find(({ policyPatch }) => !policyPatch);
  if (without)
    throw new RolecallError(`${without.id} is something to do, not something to write`, {
      hint: `Do this: ${without.command}`,
    });
  const take = recommendations.flatMap(({ subject }) =>
    [subject.role, subject.agent].filter((name) => name !== null),
  );
  const roles = new Set(recommendations.flatMap((one) => [one.subject.role, ...rolesIn(one)]));
  const planned = await loadPlan({
    ...place,
    // Who follows advice on one role has not asked for the others' agents.
    wants: ({ role, path }) =>
      roles.has(role ?? "") || (roles.has("main") && /settings[^/]*\.json$/.test(path)),
    // The user has just agreed to these agents' change: they come under the policy, and the model in their files is no conflict.
    bring: take,
    ...(take.length > 0 && { take }),
    edits: (written) => recommendations.flatMap((recommendation) => editsFor(recommendation, step, written)),
  });
  for (const recommendation of recommendations) refuseReplacing(recommendation, planned);
  return planned;
}

/** An agent that the user wrote, and whose file is elsewhere, is not to be replaced by one that rolecall makes up. */
function refuseReplacing({ kind, subject, proposed, policyPatch }: Recommendation, planned: Planned): void {
  const role = subject.role ?? "";
  const roles = policyPatch?.["roles"] as Record<string, object> | undefined;
  const isUsers = kind !== "split-role" && "purpose" in (roles?.[role] ?? {});
  const path = `.claude/agents/${subject.agent}.md`;
  const created = planned.changes.some((change) => change.path.endsWith(path) && !change.before);
  if (!isUsers || !created) return;
  const effort = proposed?.effort ? ` and effort: ${proposed.effort}` : "";
  throw new RolecallError(`${subject.agent} has no file in this project that could be changed`, {
    hint: `Write model: ${proposed?.model}${effort} into its own file, or bring it here: rolecall adopt ${subject.agent} --plugins.`,
  });
}

/** Writes the plan, and remembers what was decided. Returns the paths written. */
export function followAdvice(
  { store }: OpenedHistory,
  planned: Planned,
  decisions: readonly Decision[],
  now: number,
): readonly string[] {
  const written = applyPlan(planned, now);
  writeDecisions(store, decisions);
  return written.map(({ path }) => path);
}

/** The edits of one step: applying writes the patch, keeping pins what was tried, taking back restores what was. */
function editsFor(
  recommendation: Recommendation,
  step: Exclude<DecisionStep, "dismissed">,
  written: WrittenPolicy,
): PolicyEdit[] {
  const { kind, subject, current, proposed, policyPatch } = recommendation;
  // The role that the work was split off to came with its assignment, and goes as a whole.
  if (kind === "split-role" && step !== "applied")
    return step === "kept"
      ? []
      : rolesIn(recommendation).map((name) => ({ path: ["roles", name], value: undefined }));
  if (step === "applied") return withoutOldPins(flatten(policyPatch ?? {}), written);
  const role = subject.role ?? "";
  const to = step === "kept" ? proposed : current;
  const trial = written.roles?.[role]?.trial;
  const endOfTrial = trial ? [{ path: ["roles", role, "trial"], value: undefined }] : [];
  if ((step === "taken-back" && trial) || !to) return endOfTrial;
  const base = role === "main" ? ["main"] : ["roles", role];
  const pin = writtenModel(to, TIER_MODELS);
  const [key = "", value] = Object.entries(pin)[0] ?? [];
  // The main session has no tier, only a model, which may be an alias.
  const pins: PolicyEdit[] = [{ path: [...base, role === "main" ? "model" : key], value }];
  if (to.effort) pins.push({ path: [...base, "effort"], value: to.effort });
  return [...endOfTrial, ...withoutOldPins(pins, written)];
}

/** The roles that a patch is about. */
function rolesIn({ policyPatch }: Recommendation): string[] {
  return Object.keys((policyPatch?.["roles"] as Record<string, object> | undefined) ?? {});
}

/** A role has a tier or a model, never both: the new pin takes the other's place. */
function withoutOldPins(edits: readonly PolicyEdit[], written: WrittenPolicy): PolicyEdit[] {
  const removed = edits.flatMap(({ path }): PolicyEdit[] => {
    const [top, role = "", key, ...deeper] = path;
    const other = key === "tier" ? "model" : key === "model" ? "tier" : undefined;
    if (top !== "roles" || !other || deeper.length > 0 || !written.roles?.[role]?.[other]) return [];
    return [{ path: ["roles", role, other], value: undefined }];
  });
  return [...removed, ...edits];
}

function flatten(patch: object, path: readonly string[] = []): PolicyEdit[] {
  return Object.entries(patch).flatMap(([key, value]): PolicyEdit[] => {
    const at = [...path, key];
    const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
    return isPlain ? flatten(value, at) : [{ path: at, value }];
  });
}
