import { FAMILIES, tierRank } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import { assess, type Assessment } from "./assess.ts";
import type { AdviceContext } from "./context.ts";
import { isWorthwhile, preferenceFor } from "./decide.ts";
import { USUAL_TIER } from "./prior.ts";
import { keyOf, rankOf, type RoleView } from "./role-view.ts";

/** The best of the assignments that `wanted` lets through, where one is worth proposing. */
export function bestMove(
  view: RoleView,
  context: AdviceContext,
  wanted: (candidate: ModelAtEffort) => boolean,
): Assessment | undefined {
  return candidates(view, context)
    .filter(wanted)
    .map((candidate) => assessOnce(view, candidate, context))
    .filter((assessment) => assessment !== undefined)
    .filter((assessment) => !leapsTooFar(assessment, context) && isWorthwhile(assessment, context))
    .toSorted((a, b) => preferenceFor(b, context) - preferenceFor(a, context))[0];
}

/** Below the usual tier, or two ways down at once, a trial has to be likelier to be kept than elsewhere. */
const LEAP_LEAST = 0.7;
/** The main session has no trial: it leaps never. */
const LEAP_LEAST_MAIN = 1;

/**
 * Moves that nobody tries first unless they are likely to hold: a lower tier and a lower effort at once, or to a tier below
 * what is usual for most of the work. One step, and the next when that has held.
 */
function leapsTooFar(assessment: Assessment, context: AdviceContext): boolean {
  const { view, current, proposed, seen, safeShare } = assessment;
  const [from, to] = [rankOf(current, context.table), rankOf(proposed, context.table)];
  if (!from || !to || to.tier >= from.tier || seen.length >= context.enough) return false;
  const most = [...view.mix].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? "generative";
  const belowUsual = to.tier < tierRank(USUAL_TIER[most]);
  const least = view.role === "main" ? LEAP_LEAST_MAIN : LEAP_LEAST;
  return safeShare < least && (to.effort < from.effort || belowUsual);
}

/** Several rules look at the same candidates. */
function assessOnce(
  view: RoleView,
  candidate: ModelAtEffort,
  context: AdviceContext,
): Assessment | undefined {
  const key = `${view.role} ${keyOf(candidate)}`;
  if (!context.assessed.has(key)) context.assessed.set(key, assess(view, candidate, context));
  return context.assessed.get(key);
}

/**
 * Every assignment that the role could move to: the tiers' models up to high effort, and what else it was seen on. That the
 * two highest efforts make up for a lower tier is nowhere shown.
 */
export function candidates(view: RoleView, context: AdviceContext): ModelAtEffort[] {
  const models = [...FAMILIES.map((tier) => context.tiers[tier]), view.current.assignment.model];
  const all = [...new Set(models)].flatMap((model) => {
    const efforts = context.table
      .find(model)
      ?.efforts?.filter((effort) => effort !== "xhigh" && effort !== "max");
    return efforts?.map((effort) => ({ model, effort })) ?? [{ model }];
  });
  const seen = view.groups.map((group) => group.assignment).filter(({ model }) => isCurrent(model, context));
  const byKey = new Map([...all, ...seen].map((candidate) => [keyOf(candidate), candidate]));
  byKey.delete(keyOf(view.current.assignment));
  return [...byKey.values()];
}

/** A model that goes away is nothing to move to. */
function isCurrent(model: string, context: AdviceContext): boolean {
  const status = context.table.find(model)?.status;
  return status === "active" || status === "legacy";
}

/** −1, 0 or 1: whether `to` is on a lower, the same or a higher tier; undefined for unknown models. */
export function tierStep(from: ModelAtEffort, to: ModelAtEffort, context: AdviceContext): number | undefined {
  const [a, b] = [rankOf(from, context.table), rankOf(to, context.table)];
  return a && b && Math.sign(b.tier - a.tier);
}

/** The same for effort. */
export function effortStep(
  from: ModelAtEffort,
  to: ModelAtEffort,
  context: AdviceContext,
): number | undefined {
  const [a, b] = [rankOf(from, context.table), rankOf(to, context.table)];
  return a && b && Math.sign(b.effort - a.effort);
}
