import { type Effort, FAMILIES, isEffort, isFamily, type Tier, tierRank } from "../domain/model.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import type { Catalogue, ModelFacts } from "./catalogue.ts";

/** An exact Claude id. A tier is written by its name, and means its current model. */
export type ClaudeId = `claude-${string}`;

interface StepBase {
  /** Answers that may be turned down here before the next step takes over; otherwise the policy's. */
  tries?: number;
  effort?: Effort;
}

export interface ClaudeStep extends StepBase {
  provider: "anthropic";
  model: Tier | ClaudeId;
}

/** A model of another vendor: the catalogue does not know it, so what must be known is said here. */
export interface OtherStep<P extends string> extends StepBase {
  provider: P;
  model: string;
  contextTokens: number;
  maxOutputTokens: number;
  /** Whether it takes a temperature (reasoning models do not). */
  sampling?: boolean;
  /** Dollars per million tokens; without them its attempts are unpriced. */
  usdPerMillion?: { input: number; output: number; cacheRead?: number };
}

/** One rung: only providers that have a sender can be written. */
export type Step<P extends string = "anthropic"> = P extends "anthropic" ? ClaudeStep : OtherStep<P>;

export type Chain<P extends string = "anthropic"> = readonly [Step<P>, ...Step<P>[]];

interface PolicyBase {
  name: string;
  /** Task types that go straight to a tier: the chain begins there. */
  routes?: Readonly<Record<string, Tier>>;
  /** Answers that may be turned down on one step (default 2). */
  tries?: number;
  /** Retries on one step for failures that may pass (default: the executor's). */
  retries?: number;
  /** A refusal goes to one other model, or ends the run (default `fallback`). */
  onRefusal?: "fallback" | "stop";
  /** Where the chain is at its end, a person is to take over: giving up says so. */
  person?: boolean;
  /** An answer that asks for more information counts as one that failed its checks (default false). */
  redFlags?: boolean;
}

/** Steps from the cheapest to the strongest. */
export interface ChainPolicy<P extends string = "anthropic"> extends PolicyBase {
  chain: Chain<P>;
}

/** A strong model reasons in prose; a cheaper one turns that into the answer. */
export interface ArchitectPolicy<P extends string = "anthropic"> extends PolicyBase {
  architect: Chain<P>;
  editor: Chain<P>;
}

export type ExecutorPolicy<P extends string = "anthropic"> = ChainPolicy<P> | ArchitectPolicy<P>;

interface Above {
  haiku: "sonnet" | "opus" | "fable";
  sonnet: "opus" | "fable";
  opus: "fable";
  fable: never;
}
type Rising<T extends readonly Tier[]> = T extends readonly [
  infer A extends Tier,
  infer B extends Tier,
  ...infer R extends Tier[],
]
  ? B extends Above[A]
    ? readonly [A, ...Rising<[B, ...R]>]
    : never
  : T;

/** A chain of tiers; one that does not rise does not compile: `ladder("haiku", "sonnet", "opus")`. */
export function ladder<const T extends readonly [Tier, ...Tier[]]>(...tiers: T & Rising<T>): Chain {
  const [first, ...rest] = tiers as readonly [Tier, ...Tier[]];
  return [claude(first), ...rest.map(claude)];
}

function claude(model: Tier): ClaudeStep {
  return { provider: "anthropic", model };
}

/** Work that is known to need the strongest tier, whatever the chain begins with. */
const REASONING_ROUTES = { architecture: "opus", architecture_analysis: "opus" } as const;

/** Sonnet for nearly everything, with one retry; Opus where Sonnet fails or is not good enough. */
export const SONNET_TO_OPUS: ChainPolicy = {
  name: "SONNET_TO_OPUS",
  chain: ladder("sonnet", "opus"),
  routes: REASONING_ROUTES,
  tries: 1,
  retries: 1,
};

/** Haiku once, Sonnet twice, Opus twice, then a person. */
export const HAIKU_CASCADE: ChainPolicy = {
  name: "HAIKU_CASCADE",
  chain: [
    { provider: "anthropic", model: "haiku", tries: 1 },
    { provider: "anthropic", model: "sonnet" },
    { provider: "anthropic", model: "opus" },
  ],
  routes: REASONING_ROUTES,
  person: true,
};

/** Sonnet, three times at most: for callers who want one model and nothing else. */
export const SAME_MODEL: ChainPolicy = { name: "SAME_MODEL", chain: ladder("sonnet"), tries: 3 };

/** Opus reasons, Sonnet writes; Opus writes as well where Sonnet does not manage. */
export const ARCHITECT_EDITOR: ArchitectPolicy = {
  name: "ARCHITECT_EDITOR",
  architect: [{ provider: "anthropic", model: "opus", effort: "high" }],
  editor: ladder("sonnet", "opus"),
};

/** The policies that come with rolecall, by name. */
export const POLICIES = { SONNET_TO_OPUS, HAIKU_CASCADE, SAME_MODEL, ARCHITECT_EDITOR } as const;
export type PolicyName = keyof typeof POLICIES;

/** A step with what is known of its model. */
export interface Rung {
  provider: string;
  facts: ModelFacts;
  step: ClaudeStep | OtherStep<string>;
}

/** The rungs of a chain. Throws InvalidInputError with every problem of it. */
export function resolveChain(
  chain: readonly (ClaudeStep | OtherStep<string>)[],
  catalogue: Catalogue,
  where: string,
): Rung[] {
  const problems: InputProblem[] = [];
  const rungs = chain.flatMap((step, index) => {
    const key = `${where}[${index}]`;
    const facts = factsOf(step, catalogue);
    if (step.effort !== undefined && !isEffort(step.effort))
      problems.push({ key: `${key}.effort`, message: "not an effort", found: String(step.effort) });
    if (step.tries !== undefined && !(step.tries >= 1))
      problems.push({ key: `${key}.tries`, message: "must be 1 or more", found: String(step.tries) });
    if (!facts)
      problems.push({
        key: `${key}.model`,
        message: "not a model of the catalogue",
        found: step.model,
        expected: `an exact id, or ${FAMILIES.join(", ")}`,
      });
    return facts ? [{ provider: step.provider, facts, step }] : [];
  });
  if (chain.length === 0) problems.push({ key: where, message: "a chain needs at least one step" });
  if (problems.length === 0) problems.push(...findDescents(rungs, where));
  if (problems.length > 0) throw new InvalidInputError("the executor's policy", problems);
  return rungs;
}

/** Never down: a task that has been taken up on a tier stays there or rises. */
function findDescents(rungs: readonly Rung[], where: string): InputProblem[] {
  const problems: InputProblem[] = [];
  let highest: Tier | undefined;
  for (const [index, { facts }] of rungs.entries()) {
    if (!facts.tier) continue;
    if (highest && tierRank(facts.tier) < tierRank(highest))
      problems.push({
        key: `${where}[${index}].model`,
        message: `a chain never goes down again, and ${highest} came before`,
        found: facts.tier,
      });
    highest = facts.tier;
  }
  return problems;
}

function factsOf(step: ClaudeStep | OtherStep<string>, catalogue: Catalogue): ModelFacts | undefined {
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

/** What decides where in a chain a run begins. */
export interface StartTerms {
  /** Tier that its task type is routed to. */
  route: Tier | undefined;
  /** Tier that its task has already reached. */
  floor: Tier | undefined;
  /** Prompt and room for the answer. */
  neededTokens: number;
}

/**
 * The rungs a run may use: none below its route or floor, none whose context is too small; where that leaves nothing
 * to begin with, the catalogue's model that fits stands in. Empty: no model holds the prompt.
 */
export function selectRungs(rungs: readonly Rung[], terms: StartTerms, catalogue: Catalogue): Rung[] {
  const { route, floor, neededTokens } = terms;
  const lowest = [route, floor]
    .filter((tier) => tier !== undefined)
    .toSorted(byRank)
    .at(-1);
  const high = rungs.filter(
    ({ facts }) => !lowest || !facts.tier || tierRank(facts.tier) >= tierRank(lowest),
  );
  const fitting = high.filter(({ facts }) => facts.contextTokens >= neededTokens);
  const first = fitting[0];
  const startsRight = first && (!lowest || first === rungs[0] || first.facts.tier !== undefined);
  if (startsRight) return fitting;
  const base = lowest ?? rungs.find(({ facts }) => facts.tier)?.facts.tier;
  const reachable = rungs.some(({ provider }) => provider === "anthropic");
  const stand = reachable && base ? catalogue.holding(neededTokens, base) : undefined;
  if (!stand) return fitting;
  const rung: Rung = {
    provider: "anthropic",
    facts: stand,
    step: { provider: "anthropic", model: stand.id as ClaudeId },
  };
  return [rung, ...fitting.filter(({ facts }) => facts.id !== stand.id)];
}

function byRank(a: Tier, b: Tier): number {
  return tierRank(a) - tierRank(b);
}
