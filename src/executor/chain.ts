import type { Effort, Tier } from "../domain/model.ts";

/** An exact Claude id. A tier is written by its name, and means its current model. */
export type ClaudeId = `claude-${string}`;

/** Options of every step of a chain. */
export interface StepOptions {
  /** Answers that may be turned down here before the next step takes over (default: the policy's). */
  tries?: number;
  /** Effort of this step (default: the request's). */
  effort?: Effort;
}

/** A step on a Claude model. */
export interface ClaudeStep extends StepOptions {
  /** The Messages API. */
  provider: "anthropic";
  /** A tier, or an exact id. */
  model: Tier | ClaudeId;
}

/** A step on a model of another vendor. The catalogue does not know it, so the step says what must be known. */
export interface OtherStep<P extends string> extends StepOptions {
  /** The provider of a sender. */
  provider: P;
  /** The vendor's id of the model. */
  model: string;
  /** Tokens that prompt and answer may have together. */
  contextTokens: number;
  /** Tokens that an answer may have. */
  maxOutputTokens: number;
  /** It accepts a temperature (default false: reasoning models do not). */
  sampling?: boolean;
  /** Dollars per million tokens. Without them its attempts have no price, and no hard budget allows them. */
  usdPerMillion?: { input: number; output: number; cacheRead?: number };
}

/** One step of a chain. Only providers that have a sender can be written. */
export type ChainStep<P extends string = "anthropic"> = P extends "anthropic" ? ClaudeStep : OtherStep<P>;

/** The models that may answer, in order. */
export type Chain<P extends string = "anthropic"> = readonly [ChainStep<P>, ...ChainStep<P>[]];

/** Options of every policy. */
export interface PolicyOptions {
  /** Name under which attempts are recorded. */
  name: string;
  /** Task types that go straight to a tier: the chain begins there. */
  routes?: Readonly<Record<string, Tier>>;
  /** Answers that may be turned down on one step (default 2). */
  tries?: number;
  /** Retries on one step after errors that may pass (default: the executor's). */
  retries?: number;
  /** A refusal goes to one other model, or ends the run (default `fallback`). */
  onRefusal?: "fallback" | "stop";
  /** At the end of the chain a person takes over: the error says so. */
  person?: boolean;
  /** An answer that asks for more information counts as one that failed its checks (default false). */
  redFlags?: boolean;
}

/** Steps from the cheapest to the strongest. */
export interface ChainPolicy<P extends string = "anthropic"> extends PolicyOptions {
  /** The models that may answer, the first one first. */
  chain: Chain<P>;
}

/** A strong model reasons in prose; a cheaper one turns that into the answer. */
export interface ArchitectPolicy<P extends string = "anthropic"> extends PolicyOptions {
  /** The models that reason. */
  architect: Chain<P>;
  /** The models that write the answer. */
  editor: Chain<P>;
}

/** The models that may answer, their order, and the rules by which the next one takes over. */
export type ExecutorPolicy<P extends string = "anthropic"> = ChainPolicy<P> | ArchitectPolicy<P>;

/** The tiers above each one. */
export interface Above {
  /** The tiers above Haiku. */
  haiku: "sonnet" | "opus" | "fable";
  /** The tiers above Sonnet. */
  sonnet: "opus" | "fable";
  /** The tier above Opus. */
  opus: "fable";
  /** No tier is above Fable. */
  fable: never;
}
/** A list of tiers of which each is above the one before. */
export type Rising<T extends readonly Tier[]> = T extends readonly [
  infer A extends Tier,
  infer B extends Tier,
  ...infer R extends Tier[],
]
  ? B extends Above[A]
    ? readonly [A, ...Rising<[B, ...R]>]
    : never
  : T;

/**
 * Makes a chain of tiers. One that does not rise does not compile.
 *
 * @example
 * ```ts
 * import { ladder } from "rolecall";
 *
 * const chain = ladder("haiku", "sonnet", "opus");
 * console.log(chain.length); // 3
 * ```
 */
export function ladder<const T extends readonly [Tier, ...Tier[]]>(...tiers: T & Rising<T>): Chain {
  const [first, ...rest] = tiers as readonly [Tier, ...Tier[]];
  return [claude(first), ...rest.map(claude)];
}

function claude(model: Tier): ClaudeStep {
  return { provider: "anthropic", model };
}

/** Work that is known to need the strongest tier, whatever the chain begins with. */
const REASONING_ROUTES = { architecture: "opus", architecture_analysis: "opus" } as const;

/** Sonnet for nearly everything, with one retry; Opus if Sonnet fails or is not good enough. */
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

/** Opus reasons, Sonnet writes; Opus writes as well if Sonnet does not manage. */
export const ARCHITECT_EDITOR: ArchitectPolicy = {
  name: "ARCHITECT_EDITOR",
  architect: [{ provider: "anthropic", model: "opus", effort: "high" }],
  editor: ladder("sonnet", "opus"),
};

/**
 * The policies that come with rolecall, by name.
 *
 * @example
 * ```ts
 * import { POLICIES } from "rolecall";
 *
 * console.log(Object.keys(POLICIES)); // [ 'SONNET_TO_OPUS', 'HAIKU_CASCADE', 'SAME_MODEL', 'ARCHITECT_EDITOR' ]
 * ```
 */
export const POLICIES = { SONNET_TO_OPUS, HAIKU_CASCADE, SAME_MODEL, ARCHITECT_EDITOR } as const;
/** The name of a policy that comes with rolecall. */
export type PolicyName = keyof typeof POLICIES;
