import { displayName } from "../domain/model-name.ts";
import type {
  Confidence,
  ModelAtEffort,
  Recommendation,
  RecommendationKind,
} from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import type { Outcomes } from "./belief.ts";
import { evidenceOf } from "./evidence.ts";
import { addUp, countAt, type Forecast, forecast } from "./forecast.ts";
import { patchFor, shortName, writtenModel } from "./patch.ts";
import type { Count } from "./statistics/rates.ts";
import { isUp, type Step, stepsFor } from "./steps.ts";
import { planTrial } from "./trial.ts";
import { countVotes, keyOf, type Unit } from "./unit.ts";

/** A move of a unit that is worth proposing, or the reason why none is. */
export type Found = { recommendation: Recommendation; unit: Unit } | { unit: Unit; why: string };

/** Known outcomes that a trial is compared with, and those on each side that make one unnecessary. */
export const LEAST_KNOWN = 12;
const ENOUGH = 20;
/** Below so many dollars in 30 days nobody wants to be bothered. */
const MATERIAL_USD = 0.5;
/** A move has to be this likely to make tasks cheaper, and not to lower success by more than the tolerance. */
const CHEAPER = 0.6;
const SAFE = 0.35;
/** The latter is higher for a step whose trial was reverted. */
const SAFE_AGAIN = 0.5;

/** Finds the best next move of a unit among some steps, by default all. */
export function findMove(unit: Unit, context: AdviceContext, steps?: readonly Step[]): Found {
  const name = unit.agent === "main" ? "the main session" : unit.agent;
  if (context.files.decidedBy(unit.agent) === "nowhere")
    return { unit, why: `${name}: an environment variable or the client decides its model, not a file` };
  const looked = steps ? look(unit, context, steps) : lookAtMoves(unit, context);
  if (looked.best)
    return {
      unit,
      recommendation: recommendationOf(looked.best.kind, looked.best.proposed, looked.best.found, context),
    };
  return { unit, why: `${name}: ${looked.why}` };
}

/** A step of a unit with its forecast. */
interface MoveCandidate extends Step {
  found: Forecast;
}

/** The moves of a unit that are open to it. */
export interface MovesLooked {
  /** Known outcomes on the present assignment are enough to compare anything with. */
  isKnown: boolean;
  /** The best move that is worth proposing. */
  best?: MoveCandidate & { confidence: Exclude<Confidence, "watch"> };
  /** Reason why nothing is proposed; empty if something is. */
  why: string;
}

/** Forecasts every open step of a unit and picks the best, whatever decides the model of its agent. Once for each unit of a context. */
export function lookAtMoves(unit: Unit, context: AdviceContext): MovesLooked {
  const known = looks.get(unit) ?? look(unit, context, stepsFor(unit, context));
  looks.set(unit, known);
  return known;
}

const looks = new WeakMap<Unit, MovesLooked>();

/** Returns whether known outcomes on its present assignment are enough to compare anything with. */
export function isDecided(unit: Unit): boolean {
  return countVotes(unit.now).known >= LEAST_KNOWN;
}

function look(unit: Unit, context: AdviceContext, from: readonly Step[]): MovesLooked {
  if (!isDecided(unit)) {
    const { known } = countVotes(unit.now);
    return { isKnown: false, why: `${known} known outcomes on its model, and a trial needs ${LEAST_KNOWN}` };
  }
  const steps = from
    .filter((step) => isUp(step) || !mostlyFails(unit))
    .map((step) => ({
      ...step,
      proposed: mainMove(unit, step.proposed, context),
    }));
  const open = steps.filter(({ proposed }) => reverted(unit, proposed, context) !== "by hand");
  const looked = open.flatMap((step): MoveCandidate[] => {
    const to = runsOn(step.proposed, { tiers: context.aliases });
    const found = forecast(unit, to, context, replaysOf(unit, context));
    return found ? [{ ...step, found }] : [];
  });
  const [best] = looked
    .filter(({ found, proposed }) => isWorthTrying(found, reverted(unit, proposed, context) !== undefined))
    .toSorted((a, b) => b.found.worth - a.found.worth);
  if (best)
    return {
      isKnown: true,
      best: { ...best, confidence: confidenceOf(best.found) },
      why: "",
    };
  const forecasts = looked.map(({ found }) => found);
  const why =
    forecasts.length === 0 && mostlyFails(unit)
      ? "most of its tasks fail, so nothing cheaper is tried"
      : whyNone(forecasts, steps.length - open.length);
  return { isKnown: true, why };
}

/** Work that mostly fails costs its user turns as well as dollars: nothing cheaper is tried. */
function mostlyFails(unit: Unit): boolean {
  const { accepted, known } = countVotes(unit.now);
  return accepted * 2 < known;
}

/** The main session of somebody who plans first keeps Opus for that. */
function mainMove(unit: Unit, proposed: ModelAtEffort, { aliases }: AdviceContext): ModelAtEffort {
  const plans =
    unit.agent === "main" && unit.now.filter(({ planMode }) => planMode).length >= PLANS * unit.now.length;
  return plans && unit.current.model === aliases.opus && proposed.model === aliases.sonnet
    ? { model: "opusplan" }
    : proposed;
}
const PLANS = 0.05;

/** Returns the assignment that most work runs on: with opusplan, Sonnet. */
export function runsOn(proposed: ModelAtEffort, { tiers }: Pick<AdviceContext, "tiers">): ModelAtEffort {
  return proposed.model === "opusplan" ? { model: tiers.sonnet } : proposed;
}

/** Replays do not say which category of an agent's work they were of. */
function replaysOf({ agent, category }: Unit, { replays }: AdviceContext): readonly Outcomes[] {
  return category === null ? (replays.get(agent) ?? []) : [];
}

/** Returns how a step was reverted before: by its user, or by the end of its trial; undefined if it was not. */
function reverted(
  { agent, category }: Unit,
  proposed: ModelAtEffort,
  { decisions }: AdviceContext,
): "by hand" | "by its trial" | undefined {
  const found = decisions.find(
    ({ step, recommendation: { subject, proposed: tried } }) =>
      step === "reverted" &&
      subject.agent === agent &&
      subject.category === category &&
      tried !== null &&
      keyOf(tried) === keyOf(proposed),
  );
  return found && (found.why === undefined ? "by hand" : "by its trial");
}

function isWorthTrying({ worth, safe, cheaper }: Forecast, again: boolean): boolean {
  return worth >= MATERIAL_USD && safe >= (again ? SAFE_AGAIN : SAFE) && cheaper >= CHEAPER;
}

function whyNone(looked: readonly Forecast[], reverted: number): string {
  const [best] = looked.toSorted((a, b) => b.savings.mid - a.savings.mid);
  if (!best) return reverted > 0 ? "every step was tried and reverted" : "no cheaper model";
  const { accepted, known } = best.outcomes.proposed;
  const model = displayName(best.proposed.model);
  if (best.savings.mid < MATERIAL_USD) return `less than $${MATERIAL_USD.toFixed(2)} a month to save`;
  if (known > 0 && best.safe < SAFE)
    return `${model} succeeded in ${accepted} of ${known} cases here: not worth a trial`;
  return best.safe < SAFE
    ? `${model} is too likely to fail more often`
    : `${model} is not sure to be cheaper`;
}

function recommendationOf(
  kind: RecommendationKind,
  proposed: ModelAtEffort,
  found: Forecast,
  context: AdviceContext,
): Recommendation {
  const { unit, seen, outcomes, savings, change } = found;
  const to = runsOn(proposed, { tiers: context.aliases });
  const { agent, role, category, current, now } = unit;
  const isHere = context.files.decidedBy(agent) === "here";
  const confidence = isHere ? confidenceOf(found) : "watch";
  const name = category === null ? agent : `${agent}-${category}`;
  const model = `model: ${writtenModel(proposed, context.aliases)}`;
  const real = proposed.model === "opusplan" ? ("opusplan" as const) : kind;
  const id = `${real}-${name.replaceAll(":", "-")}-${shortName(proposed, context.aliases)}`;
  return {
    id,
    kind: real,
    subject: { role, agent, category },
    current,
    proposed,
    evidence: evidenceOf([...now, ...seen], outcomes.current, outcomes.proposed),
    savingsUsdPerMonth: savings,
    successChange: { low: change.low, high: change.high },
    confidence,
    basis: [
      ...basisOf(unit, outcomes.proposed.known, context),
      ...replayWords(addUp(countAt(replaysOf(unit, context), to))),
    ],
    ...(confidence === "try" && { trial: planTrial(unit, to, context) }),
    policyPatch: isHere ? patchFor(unit, proposed, context) : null,
    command: isHere
      ? `rolecall recommend --apply ${id}`
      : `Set ${model} in the file of ${agent}, which is not in this repository`,
  };
}

function replayWords({ accepted, known }: Count): string[] {
  return known > 0 ? [`measured on ${known} of your own tasks: ${accepted} passed the check`] : [];
}

/** `act` if both sides were seen often enough, and success is probably not lower by more than the tolerance. */
function confidenceOf({
  outcomes: { current, proposed },
  savings,
  safe,
}: Forecast): Exclude<Confidence, "watch"> {
  const enough = Math.min(current.known, proposed.known) >= ENOUGH;
  return enough && savings.low > 0 && safe > 0.95 ? "act" : "try";
}

function basisOf(
  { failureNano, redosSeen, agent, current }: Unit,
  seen: number,
  context: AdviceContext,
): string[] {
  const usd = `$${(failureNano / 1e9).toFixed(2)}`;
  const price =
    redosSeen > 0
      ? `a failure costs ${usd} besides the failed run, by what ${redosSeen} ${redosSeen === 1 ? "redo" : "redos"} cost here`
      : `a failure is assumed to cost as much as a task, ${usd}, besides the failed run: no redo was seen here`;
  const measured =
    seen >= ENOUGH
      ? `${seen} known outcomes on the proposed model`
      : `the change of success rests on an assumed range and ${seen} outcomes on the proposed model`;
  const names = (matches: (agent: string) => boolean) =>
    agent === "main" ? context.units.map((unit) => unit.agent).filter(matches) : [];
  const [stay, follow] = [names(context.files.inherits), names(context.files.followsMain)];
  return [
    price,
    measured,
    ...(stay.length > 0
      ? [`agents without a model (${firstOf(stay)}) stay on ${displayName(current.model)}`]
      : []),
    ...(follow.length > 0
      ? [`${follow.join(" and ")} ${follow.length === 1 ? "follows" : "follow"} the main session`]
      : []),
  ];
}

const MOST_NAMES = 4;

function firstOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
