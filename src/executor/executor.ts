import { randomUUID } from "node:crypto";
import type { Telemetry } from "../domain/attempt.ts";
import type { BreakerEvent, BreakerKey, BreakerStore } from "../domain/breaker.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import { createRetryBudget, DEFAULT_RETRY, type RetryRules } from "./backoff.ts";
import {
  type BreakerRules,
  type BreakerStatus,
  createBreaker,
  createMemoryBreakers,
  DEFAULT_BREAKER,
} from "./breaker.ts";
import { breakerKeyOf } from "./breaker-key.ts";
import { type Budgets, checkLimits, createDayTotal } from "./budget.ts";
import type { Catalogue } from "./catalogue.ts";
import type { ExecutorPolicy } from "./chain.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { execute } from "./execute.ts";
import type { Classify } from "./route.ts";
import type { RunEvent, RunRequest, RunResult } from "./run.ts";
import type { Sender } from "./sender.ts";
import { createSignatures } from "./signatures.ts";
import { resolveChain } from "./steps.ts";
import { type RunStream, streamOf } from "./stream.ts";
import type { ResolvedPolicy, TaskState, ExecutorWorld } from "./world.ts";

/** One sender, or several. */
export type Senders = Sender | readonly Sender[];
type Each<S> = S extends readonly (infer T)[] ? T : S;
/** The providers that a sender, or a list of them, reaches. */
export type ProviderOf<S extends Senders> = Each<S> extends Sender<infer P> ? P : never;
/** The type of their answers. */
export type MessageOf<S extends Senders> = Each<S> extends Sender<string, infer M> ? M : never;

/** Options of an executor. */
export interface ExecutorOptions<S extends Senders> {
  /** Only steps whose provider has a sender compile. */
  policy: ExecutorPolicy<ProviderOf<NoInfer<S>>>;
  /** The ways to reach models: one sender, or one for each provider. */
  sender: S;
  /** The models and their prices. */
  catalogue: Catalogue;
  /** Records attempts (default: only the results hold them). */
  telemetry?: Telemetry;
  /** Holds the breakers (default: this process does). */
  breakers?: BreakerStore;
  /** Rules that differ from the defaults of breakers. */
  breaker?: Partial<BreakerRules>;
  /** Rules that differ from the defaults of retries, waits and time limits. */
  retry?: Partial<RetryRules>;
  /** Limits in dollars for each run and each day (default: no limits). */
  budgets?: Budgets;
  /** Most tokens of an answer if a run does not say (default 8192). */
  maxTokens?: number;
  /** Receives everything that happens in every run. */
  onEvent?: (event: RunEvent) => void;
  /** Time; tests pass their own. */
  clock?: Clock;
  /** Chance, in [0, 1); tests pass their own. */
  random?: () => number;
  /** Answers `route`. */
  classify: Classify;
}

/** Runs of one task. */
export interface TaskRunner<M> {
  /**
   * Runs one request. Throws GaveUpError, with every attempt, if no answer was good enough or none came, and
   * InvalidInputError for a request that is invalid.
   */
  run(request: RunRequest): Promise<RunResult<M>>;
  /** Does the same with the text as it arrives. */
  stream(request: RunRequest): RunStream<M>;
}

/** The breakers of an executor. */
export interface ExecutorBreakers {
  /** Returns the state of each breaker that ever had a failure. */
  status(): BreakerStatus[];
  /**
   * Closes breakers, and returns the keys of those that had failures: all of them; those of a provider
   * (`"anthropic"`); one by its key (`"anthropic/claude-sonnet-5-5"`); or one by provider and tier or model
   * (`"anthropic", "sonnet"`). Throws InvalidInputError for a provider or model that nothing here uses.
   */
  reset(provider?: string, model?: string): BreakerKey[];
  /** Returns what happened since `since` (ms since the epoch), newest first. */
  events(since?: number): BreakerEvent[];
}

/** Sends requests along a policy, and records every attempt. */
export interface Executor<M = unknown> extends TaskRunner<M> {
  /** Starts a task: runs that belong together, of which none begins below the tier that an earlier one reached. */
  task(): TaskRunner<M>;
  /** Returns where a prompt should start, and why; sends nothing. */
  route: Classify;
  /** The breakers of this executor, or those that it shares. */
  readonly breakers: ExecutorBreakers;
}

const DEFAULT_MAX_TOKENS = 8192;

/** Creates an executor over senders. Throws InvalidInputError if the policy or a limit is invalid. */
export function createExecutor<const S extends Senders>(options: ExecutorOptions<S>): Executor<MessageOf<S>> {
  const store = options.breakers ?? createMemoryBreakers();
  const world = createWorld(options, store);
  const begin = async (
    request: RunRequest,
    streamed: boolean,
    emit: (event: RunEvent) => void,
    task: TaskState,
  ) => (await execute(world, request, { streamed, emit, task })) as RunResult<MessageOf<S>>;
  const tell = tellSafely(options.onEvent);
  const runnerOf = (stateOf: () => TaskState): TaskRunner<MessageOf<S>> => ({
    run: (request) => begin(request, false, tell, stateOf()),
    stream: (request) =>
      streamOf((emit, leaving) => {
        const signal = request.signal ? AbortSignal.any([request.signal, leaving]) : leaving;
        const both = (event: RunEvent): void => {
          tell(event);
          emit(event);
        };
        return begin({ ...request, signal }, true, both, stateOf());
      }),
  });
  return {
    ...runnerOf(() => ({})),
    task: () => {
      const state: TaskState = {};
      return runnerOf(() => state);
    },
    route: options.classify,
    breakers: breakersOf(world, store),
  };
}

function breakersOf(world: ExecutorWorld, store: BreakerStore): ExecutorBreakers {
  const now = (): number => world.clock.now();
  return {
    status: () => world.breaker.status(now()),
    reset(provider, model) {
      if (provider === undefined) return world.breaker.reset(now());
      const keys = breakerKeyOf(world, store, provider, model);
      return keys.flatMap((key) => world.breaker.reset(now(), key));
    },
    events: (since = 0) => store.events(since),
  };
}

/**
 * A listener that throws must not look like a failed attempt, which would be sent and paid for again: its error goes where
 * errors of event listeners go in Node.
 */
function tellSafely(listener: ((event: RunEvent) => void) | undefined): (event: RunEvent) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch (thrown) {
      process.nextTick(() => {
        throw thrown;
      });
    }
  };
}

function createWorld(options: ExecutorOptions<Senders>, breakers: BreakerStore): ExecutorWorld {
  const { policy, catalogue, budgets = {}, maxTokens = DEFAULT_MAX_TOKENS, clock = SYSTEM_CLOCK } = options;
  checkLimits(budgets.run, "budgets.run");
  checkLimits(budgets.day, "budgets.day");
  const senders = new Map([options.sender].flat().map((sender) => [sender.provider, sender]));
  const resolved = resolvePolicy(policy, catalogue, senders);
  const breakerRules: BreakerRules = { ...DEFAULT_BREAKER, ...options.breaker };
  const retries = policy.retries === undefined ? {} : { retries: policy.retries };
  const retry: RetryRules = { ...DEFAULT_RETRY, ...retries, ...options.retry };
  return {
    policy: resolved,
    senders,
    catalogue,
    clock,
    retry,
    budgets,
    maxTokens,
    telemetry: options.telemetry ?? totalOfThisProcess(),
    breaker: createBreaker(breakers, breakerRules),
    breakerWaitMs: breakerRules.waitMs,
    random: options.random ?? Math.random,
    newId: randomUUID,
    retryBudget: createRetryBudget(retry.budget),
    signatures: createSignatures(),
    inFlight: { nano: 0 },
    offRecord: createDayTotal(),
  };
}

function resolvePolicy(
  policy: ExecutorPolicy<string>,
  catalogue: Catalogue,
  senders: ReadonlyMap<string, Sender>,
): ResolvedPolicy {
  const phases =
    "chain" in policy
      ? [{ role: "answer" as const, steps: resolveChain(policy.chain, catalogue, "chain") }]
      : [
          { role: "architect" as const, steps: resolveChain(policy.architect, catalogue, "architect") },
          { role: "answer" as const, steps: resolveChain(policy.editor, catalogue, "editor") },
        ];
  const problems = phases.flatMap(({ steps }) =>
    steps.flatMap(({ provider }): InputProblem[] =>
      senders.has(provider)
        ? []
        : [
            {
              key: provider,
              message: "no sender reaches this provider",
              expected: [...senders.keys()].join(", ") || "a sender",
            },
          ],
    ),
  );
  if (problems.length > 0) throw new InvalidInputError("the executor's policy", problems);
  const { name, routes = {}, tries = 2, onRefusal = "fallback", person = false, redFlags = false } = policy;
  return { name, phases, routes, tries, onRefusal, person, redFlags };
}

/** Without telemetry, day budgets see what this process spent. */
function totalOfThisProcess(): Telemetry {
  const total = createDayTotal();
  return {
    record: ({ at, costNano = 0 }) => total.add(at, costNano),
    spentSince: (at) => total.since(at),
  };
}
