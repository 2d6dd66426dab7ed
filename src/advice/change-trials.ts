import type { OtherAdvice } from "../analysis/simulate/waterfall.ts";
import type { ChangeAdvice } from "../domain/change-decision.ts";
import type { Decision } from "../domain/decision.ts";
import { FAMILIES } from "../domain/model.ts";
import { sum } from "../domain/numbers.ts";
import type {
  AdvicePatch,
  ModelAtEffort,
  Recommendation,
  RecommendationKind,
} from "../domain/recommendation.ts";
import type { AdviceKind } from "../domain/simulation.ts";
import type { AdviceContext } from "./context.ts";
import { evidenceOf } from "./evidence.ts";
import { forecast } from "./forecast.ts";
import { runsOn } from "./move.ts";
import { patchFor } from "./patch.ts";
import { planTrial } from "./trial.ts";
import { costOf, type Unit } from "./unit.ts";

/** Kind of recommendation by which a trial of each kind of simulated change is judged. */
const TRIAL_KINDS: Partial<Record<AdviceKind, RecommendationKind>> = {
  "main-model": "opusplan",
  "agent-model": "lower-tier",
  "newer-model": "newer-model",
};

/** One agent, or the main session, that a change puts on another model. */
interface MovedAgent {
  agent: string;
  model: string;
  /** More settings that the change needs, keys joined with `/`. */
  settings: Readonly<Record<string, string>>;
}

/**
 * Returns a simulated change of models as trials, one for each agent that it moves: the rules that end the trials of other advice end
 * these as well. Agents without a task in the context are left out, because nothing would say how their trial goes.
 */
export function trialsOf(change: ChangeAdvice, context: AdviceContext): Recommendation[] {
  const targets = targetsOf(change);
  const found = targets.flatMap((target) => {
    const unit = context.units.find(({ agent }) => agent === target.agent);
    return unit ? [{ target, unit }] : [];
  });
  const all = sum(found.map(({ unit }) => costOf(unit.tasks)));
  return found.map(({ target, unit }) =>
    trialOf(change, target, unit, {
      context,
      id: targets.length === 1 ? change.id : `${change.id}-${target.agent.replaceAll(":", "-")}`,
      share: all > 0 ? costOf(unit.tasks) / all : 1,
    }),
  );
}

function targetsOf({ patch }: ChangeAdvice): MovedAgent[] {
  return patch.flatMap((one): MovedAgent[] => {
    if (one.type === "agent") return [{ agent: one.name, model: one.values["model"] ?? "", settings: {} }];
    if (one.type !== "settings") return [];
    const { model, env = {} } = one.values as { model: string; env?: Record<string, string> };
    const settings = Object.fromEntries(Object.entries(env).map(([name, value]) => [`env/${name}`, value]));
    return [{ agent: "main", model, settings }];
  });
}

/** The place of a trial, and its share of the savings of the change. */
interface TrialPart {
  context: AdviceContext;
  id: string;
  share: number;
}

function trialOf(
  change: ChangeAdvice,
  { model, settings }: MovedAgent,
  unit: Unit,
  { context, id, share }: TrialPart,
): Recommendation {
  const tier = FAMILIES.find((family) => family === model);
  const proposed: ModelAtEffort = { model: tier ? context.aliases[tier] : model };
  const to = runsOn(proposed, { tiers: context.aliases });
  const found = forecast(unit, to, context);
  const none = { accepted: 0, known: 0 };
  const isHere = context.files.decidedBy(unit.agent) === "here";
  const { low, mid, high } = change.savingsUsdPerMonth;
  return {
    id,
    kind: TRIAL_KINDS[change.kind] ?? "lower-tier",
    subject: { role: unit.role, agent: unit.agent, category: null },
    current: unit.current,
    proposed,
    evidence: evidenceOf(
      [...unit.now, ...(found?.seen ?? [])],
      found?.outcomes.current ?? none,
      found?.outcomes.proposed ?? none,
    ),
    savingsUsdPerMonth: { low: low * share, mid: mid * share, high: high * share },
    successChange: found ? { low: found.change.low, high: found.change.high } : null,
    confidence: "try",
    basis: ["the saving is simulated on your history; the change of success rests on an assumed range"],
    trial: planTrial(unit, to, context),
    policyPatch: isHere ? withSettings(patchFor(unit, proposed, context), settings) : null,
    command: isHere
      ? `rolecall recommend --apply ${change.id}`
      : `Set model: ${model} where the model of ${unit.agent} is decided; no file here does`,
  };
}

function withSettings(patch: AdvicePatch, settings: MovedAgent["settings"]): AdvicePatch {
  return patch.settings ? { ...patch, settings: { ...patch.settings, ...settings } } : patch;
}

/** Returns whether a decision is about a trial of a change. */
export function isTrialOf({ id, patch }: ChangeAdvice, { recommendation }: Decision): boolean {
  const names = patch.flatMap((one) => (one.type === "agent" ? [one.name] : []));
  return (
    recommendation.id === id ||
    names.some((name) => recommendation.id === `${id}-${name.replaceAll(":", "-")}`)
  );
}

/** Adds to what other advice covers the agents whose model was tried before: no step is tried twice. */
export function besideTried(
  { kinds = [], agents = [] }: OtherAdvice,
  decisions: readonly Decision[],
): OtherAdvice {
  const tried = new Set(
    decisions.flatMap(({ step, recommendation: { subject, proposed } }) =>
      step === "dismissed" || proposed === null || subject.category !== null ? [] : [subject.agent ?? ""],
    ),
  );
  const isMain = tried.delete("main");
  const more: AdviceKind[] = isMain ? ["main-model", "newer-model"] : [];
  return {
    kinds: [...new Set([...kinds, ...more])],
    agents: [...new Set([...agents, ...tried])].toSorted(),
  };
}
