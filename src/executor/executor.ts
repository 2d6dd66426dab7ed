import { randomUUID } from "node:crypto";
import type { Telemetry } from "../domain/attempt.ts";
import type { BreakerEvent, BreakerKey, BreakerStore } from "../domain/breaker.ts";
import type { NanoUsd } from "../domain/money.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import { createRetryBudget, DEFAULT_RETRY, type RetryRules } from "./backoff.ts";
import {
  type Breaker,
  type BreakerRules,
  createBreaker,
  createMemoryBreakers,
  DEFAULT_BREAKER,
} from "./breaker.ts";
import { type Budgets, dayStart } from "./budget.ts";
import type { Catalogue } from "./catalogue.ts";
import { type ExecutorPolicy, resolveChain } from "./chain.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import { execute } from "./execute.ts";
import type { Classify } from "./route.ts";
import type { RunEvent, RunRequest, RunResult } from "./run.ts";
import type { Sender } from "./sender.ts";
import { type RunStream, streamOf } from "./stream.ts";
import type { ResolvedPolicy, TaskState, World } from "./world.ts";

type Senders = Sender | readonly Sender[];
type Each<S> = S extends readonly (infer T)[] ? T : S;
/** The providers that a sender, or a list of them, reaches. */
export type ProviderOf<S extends Senders> = Each<S> extends Sender<infer P> ? P : never;
/** What their answers look like. */
export type MessageOf<S extends Senders> = Each<S> extends Sender<string, infer M> ? M : never;

export interface ExecutorOptions<S extends Senders> {
  /** Only steps whose provider has a sender compile. */
  policy: ExecutorPolicy<ProviderOf<NoInfer<S>>>;
  sender: S;
  catalogue: Catalogue;
  /** Where attempts are kept (default: only in the results). */
  telemetry?: Telemetry;
  /** Where breakers live (default: in this process). */
  breakers?: BreakerStore;
  breaker?: Partial<BreakerRules>;
  retry?: Partial<RetryRules>;
  budgets?: Budgets;
  /** Room for an answer in tokens, where a run does not say (default 8192). */
  maxTokens?: number;
  /** Told of everything that happens in every run. */
  onEvent?: (event: RunEvent) => void;
  clock?: Clock;
  /** In [0, 1). */
  random?: () => number;
  /** What `route` answers. */
  classify: Classify;
}

/** Runs of one task. */
export interface Runner<M> {
  /** Throws GaveUpError, with every attempt, where no answer was good enough or none came. */
  run(request: RunRequest): Promise<RunResult<M>>;
  /** The same with its text as it comes. */
  stream(request: RunRequest): RunStream<M>;
}

export interface Executor<M = unknown> extends Runner<M> {
  /** Runs that belong together: none goes below the tier that an earlier one reached. */
  task(): Runner<M>;
  /** Says where a prompt should start, and why; sends nothing. */
  route: Classify;
  readonly breakers: {
    status(): ReturnType<Breaker["status"]>;
    reset(key?: BreakerKey): void;
    events(since?: number): BreakerEvent[];
  };
}

const DEFAULT_MAX_TOKENS = 8192;

/** An executor over senders. Throws InvalidInputError where the policy cannot be carried out. */
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
  const runnerOf = (stateOf: () => TaskState): Runner<MessageOf<S>> => ({
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
    breakers: {
      status: () => world.breaker.status(world.clock.now()),
      reset: (key) => world.breaker.reset(world.clock.now(), key),
      events: (since = 0) => store.events(since),
    },
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

function createWorld(options: ExecutorOptions<Senders>, breakers: BreakerStore): World {
  const { policy, catalogue, clock = SYSTEM_CLOCK } = options;
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
    telemetry: options.telemetry ?? createDayTotal(),
    breaker: createBreaker(breakers, breakerRules),
    breakerWaitMs: breakerRules.waitMs,
    random: options.random ?? Math.random,
    newId: randomUUID,
    retryBudget: createRetryBudget(retry.budget),
    budgets: options.budgets ?? {},
    maxTokens: options.maxTokens ?? DEFAULT_MAX_TOKENS,
    inFlight: { nano: 0 },
  };
}

function resolvePolicy(
  policy: ExecutorPolicy<string>,
  catalogue: Catalogue,
  senders: ReadonlyMap<string, Sender>,
): ResolvedPolicy {
  const phases =
    "chain" in policy
      ? [{ role: "answer" as const, rungs: resolveChain(policy.chain, catalogue, "chain") }]
      : [
          { role: "architect" as const, rungs: resolveChain(policy.architect, catalogue, "architect") },
          { role: "answer" as const, rungs: resolveChain(policy.editor, catalogue, "editor") },
        ];
  const problems = phases.flatMap(({ rungs }) =>
    rungs.flatMap(({ provider }): InputProblem[] =>
      senders.has(provider) ? [] : [{ key: provider, message: "no sender reaches this provider" }],
    ),
  );
  if (problems.length > 0) throw new InvalidInputError("the executor's policy", problems);
  const { name, routes = {}, tries = 2, onRefusal = "fallback", person = false, redFlags = false } = policy;
  return { name, phases, routes, tries, onRefusal, person, redFlags };
}

/** Without telemetry, day budgets see what this process spent. */
function createDayTotal(): Telemetry {
  let day = 0;
  let spent: NanoUsd = 0;
  return {
    record({ at, costNano = 0 }) {
      if (dayStart(at) > day) [day, spent] = [dayStart(at), 0];
      spent += costNano;
    },
    spentSince: (at) => (at <= day ? spent : 0),
  };
}
