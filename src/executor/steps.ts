import { EFFORTS, FAMILIES, isEffort, isFamily, type Tier, tierRank } from "../domain/model.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import type { Catalogue, ExecutorModel } from "./catalogue.ts";
import type { ClaudeId, ClaudeStep, OtherStep } from "./chain.ts";

/** A step with what is known of its model. */
export interface ResolvedStep {
  provider: string;
  facts: ExecutorModel;
  step: ClaudeStep | OtherStep<string>;
}

/** Names the model of a step as breakers and fallback chains do: `anthropic/claude-sonnet-5-5`. */
export function keyOf({ provider, facts }: ResolvedStep): string {
  return `${provider}/${facts.id}`;
}

/** Looks up the models of a chain. Throws InvalidInputError with every problem of it. */
export function resolveChain(
  chain: readonly (ClaudeStep | OtherStep<string>)[],
  catalogue: Catalogue,
  where: string,
): ResolvedStep[] {
  const problems: InputProblem[] = [];
  const steps = chain.flatMap((step, index) => {
    const key = `${where}[${index}]`;
    const facts = factsOf(step, catalogue);
    problems.push(...checkStep(step, key));
    if (!facts)
      problems.push({
        key: `${key}.model`,
        message: "unknown model",
        found: step.model,
        expected: `an exact id, or ${FAMILIES.join(", ")}`,
      });
    return facts ? [{ provider: step.provider, facts, step }] : [];
  });
  if (chain.length === 0) problems.push({ key: where, message: "a chain needs at least one step" });
  if (problems.length === 0) problems.push(...findDescents(steps, where));
  if (problems.length > 0) throw new InvalidInputError("the executor's policy", problems);
  return steps;
}

function checkStep(step: ClaudeStep | OtherStep<string>, key: string): InputProblem[] {
  const problems: InputProblem[] = [];
  const positive = (name: string, value: number): void => {
    if (!(value >= 1))
      problems.push({ key: `${key}.${name}`, message: "not a number of 1 or more", found: String(value) });
  };
  if (step.effort !== undefined && !isEffort(step.effort))
    problems.push({
      key: `${key}.effort`,
      message: "invalid effort",
      found: String(step.effort),
      expected: EFFORTS.join(", "),
    });
  if (step.tries !== undefined) positive("tries", step.tries);
  if (!("contextTokens" in step)) return problems;
  positive("contextTokens", step.contextTokens);
  positive("maxOutputTokens", step.maxOutputTokens);
  for (const [name, usd] of Object.entries(step.usdPerMillion ?? {}))
    if (!(usd >= 0 && Number.isFinite(usd)))
      problems.push({
        key: `${key}.usdPerMillion.${name}`,
        message: "not an amount in dollars",
        found: String(usd),
      });
  return problems;
}

/** Never down: a run that was escalated stays on its tier or rises. */
function findDescents(steps: readonly ResolvedStep[], where: string): InputProblem[] {
  const problems: InputProblem[] = [];
  let highest: Tier | undefined;
  for (const [index, { facts }] of steps.entries()) {
    if (!facts.tier) continue;
    if (highest && tierRank(facts.tier) < tierRank(highest))
      problems.push({
        key: `${where}[${index}].model`,
        message: `a chain cannot go down a tier, and ${highest} came before`,
        found: facts.tier,
      });
    highest = facts.tier;
  }
  return problems;
}

function factsOf(step: ClaudeStep | OtherStep<string>, catalogue: Catalogue): ExecutorModel | undefined {
  if (!("contextTokens" in step)) return catalogue.find(step.model);
  const { model, contextTokens, maxOutputTokens, effort, sampling = false } = step;
  if (isFamily(model)) return undefined;
  return {
    id: model,
    contextTokens,
    maxOutputTokens,
    efforts: effort ? [effort] : [],
    thinking: "none",
    sampling,
    prefill: false,
  };
}

/** Terms that decide where in a chain a run begins. */
export interface StartTerms {
  /** Tier that its task type is routed to. */
  route: Tier | undefined;
  /** Tier that its task has already reached. */
  floor: Tier | undefined;
  /** Tokens that prompt and answer need on a step. */
  needed: (step: ResolvedStep) => number;
}

/**
 * Selects the steps that a run may use: none below its route or floor, and none whose context is too small. If that leaves
 * nothing to begin with, the catalogue's lowest model that fits stands in. Empty: no model holds the prompt.
 */
export function selectSteps(
  steps: readonly ResolvedStep[],
  { route, floor, needed }: StartTerms,
  catalogue: Catalogue,
): ResolvedStep[] {
  const lowest = [route, floor]
    .filter((tier) => tier !== undefined)
    .toSorted((a, b) => tierRank(a) - tierRank(b))
    .at(-1);
  const high = steps.filter(
    ({ facts }) => !lowest || !facts.tier || tierRank(facts.tier) >= tierRank(lowest),
  );
  const fitting = high.filter((step) => needed(step) <= step.facts.contextTokens);
  const first = fitting[0];
  if (first && (!lowest || first === steps[0] || first.facts.tier !== undefined)) return fitting;
  const stand = standIn(steps, lowest, Math.max(0, ...steps.map(needed)), catalogue);
  return stand ? [stand, ...fitting.filter(({ facts }) => facts.id !== stand.facts.id)] : fitting;
}

function standIn(
  steps: readonly ResolvedStep[],
  lowest: Tier | undefined,
  neededTokens: number,
  catalogue: Catalogue,
): ResolvedStep | undefined {
  const tier = lowest ?? steps.find(({ facts }) => facts.tier)?.facts.tier;
  const reachable = steps.some(({ provider }) => provider === "anthropic");
  const facts = reachable && tier ? catalogue.holding(neededTokens, tier) : undefined;
  return (
    facts && {
      provider: "anthropic",
      facts,
      step: { provider: "anthropic", model: facts.id as ClaudeId },
    }
  );
}
