import { tierRank } from "../domain/model.ts";
import { toUsd } from "../domain/money.ts";
import { InvalidInputError, messageOf } from "../errors.ts";
import { type Attempted, makeAttempt } from "./attempt.ts";
import type { Closed, Pass } from "./breaker.ts";
import { checkLimits } from "./budget.ts";
import { elapsed, NEVER } from "./clock.ts";
import {
  decide,
  type NextMove,
  type DecisionRules,
  goAround,
  type GiveUpReason,
  type Position,
  startPosition,
} from "./decide.ts";
import { createPromptLength } from "./length.ts";
import { instructed, reasonedFirst, usableSteps, wishFor, wishOf, writtenFrom } from "./phase.ts";
import { giveUp, orNote } from "./record.ts";
import { noRedFlags } from "./red-flags.ts";
import { reserve } from "./reserve.ts";
import { type RunEvent, type RunRequest, type RunResult, sumCost } from "./run.ts";
import type { Answer } from "./sender.ts";
import { shapeRequest } from "./shape.ts";
import { keyOf, type ResolvedStep } from "./steps.ts";
import { combine, type Validator } from "./validate.ts";
import type { ActiveRun, Phase, TaskState, ExecutorWorld } from "./world.ts";

/** Carries one run to its answer. Throws GaveUpError with every attempt if no answer passes. */
export async function execute(
  world: ExecutorWorld,
  request: RunRequest,
  { streamed, emit, task }: { streamed: boolean; emit: (event: RunEvent) => void; task: TaskState },
): Promise<RunResult> {
  checkRequest(request);
  world.retryBudget.deposit();
  const startedAt = elapsed(world.clock);
  const bounds = {
    endsAt: startedAt + world.retry.totalTimeoutMs,
    signal: request.signal ?? NEVER,
    notes: new Set<string>(),
  };
  const run: ActiveRun = {
    ...bounds,
    id: world.newId(),
    request,
    startedAt,
    streamed,
    emit,
    attempts: [],
    hops: [],
    length: createPromptLength(world, bounds),
    ended: [],
    unseenNano: 0,
  };
  return await answerOf(world, run, task);
}

function checkRequest({ budget, maxTokens }: RunRequest): void {
  checkLimits(budget, "budget");
  if (maxTokens !== undefined && !(maxTokens >= 1))
    throw new InvalidInputError("the request", [
      {
        key: "maxTokens",
        message: "not a number of tokens",
        found: String(maxTokens),
        expected: "1 or more",
      },
    ]);
}

/** An answer that was accepted, and the step that gave it. */
interface Accepted {
  answer: Answer;
  step: ResolvedStep;
}

async function answerOf(world: ExecutorWorld, run: ActiveRun, task: TaskState): Promise<RunResult> {
  const checks = [run.request.validate ?? []].flat();
  const validator = combine(world.policy.redFlags ? [noRedFlags(), ...checks] : checks);
  let wish = wishOf(run.request);
  let accepted: Accepted | undefined;
  for (const { role, steps } of world.policy.phases) {
    const architect = role === "architect";
    if (accepted) wish = writtenFrom(wish, accepted.answer.text);
    const usable = await usableSteps(world, run, wish, steps, task);
    const phase: Phase = {
      role,
      at: usable[0] && keyOf(usable[0]),
      signer: architect ? undefined : usable[0]?.facts.id,
      wish: architect ? reasonedFirst(wish) : instructed(wish, validator),
      validator: architect ? undefined : validator,
      turnedDown: new Set(),
    };
    accepted = await runPhase(world, run, phase, usable, task);
  }
  if (!accepted) throw giveUp(run, undefined, "overflow", "the policy has no steps");
  return resultOf(world, run, accepted, validator);
}

/** Goes along the steps of one phase until an answer is accepted. */
async function runPhase(
  world: ExecutorWorld,
  run: ActiveRun,
  phase: Phase,
  steps: readonly ResolvedStep[],
  task: TaskState,
): Promise<Accepted> {
  const promptTokens = (step: ResolvedStep): number => run.length.known(step, phase.wish);
  const rules: DecisionRules = { ...world, ...world.policy, steps, promptTokens };
  let position = startPosition(steps, run.request.maxTokens ?? world.maxTokens, run.ended);
  let delayMs = 0;
  let error: unknown;
  for (;;) {
    const step = steps[position.step];
    if (!step) throw giveUp(run, phase, ...noStep(steps));
    await wait(world, run, phase, delayMs);
    const { next, attempted } = await tryStep(world, run, phase, { step, position, delayMs }, rules);
    if (attempted && phase.role === "answer") raiseFloor(task, step);
    if (next.kind === "accept" && attempted?.answer) return { answer: attempted.answer, step };
    error = attempted?.error ?? error;
    if (next.kind !== "go") throw giveUp(run, phase, ...endOf(next), error);
    if (attempted && run.streamed) run.emit({ type: "withdrawn", why: next.position.why });
    ({ position, delayMs } = next);
    run.ended = position.ended;
  }
}

function noStep(steps: readonly ResolvedStep[]): [GiveUpReason, string] {
  return steps.length === 0
    ? ["overflow", "the prompt is longer than any context"]
    : ["failed", "no provider of these steps can be used"];
}

/** A prompt that is longer may be longer than a model accepts, whatever the catalogue says. */
const LONG_PROMPT_TOKENS = 100_000;

/** Makes one attempt on a step, if budgets and breaker admit it, and decides what to do next. */
async function tryStep(
  world: ExecutorWorld,
  run: ActiveRun,
  phase: Phase,
  { step, position, delayMs }: { step: ResolvedStep; position: Position; delayMs: number },
  rules: DecisionRules,
): Promise<{ next: NextMove; attempted?: Attempted }> {
  const { wish, thinkingLeftOut } = wishFor(world, phase, step);
  const shaped = shapeRequest(wish, step.facts, position.maxTokens);
  if (thinkingLeftOut)
    shaped.adjustments.push(`thinking that another model signed was left out (${step.facts.id})`);
  const held = await reserve(world, run, { step, wish, request: shaped.request });
  try {
    throwIfAborted(run, phase);
    if (held.over !== undefined) throw giveUp(run, phase, "budget", held.over);
    const pass = enterBreaker(world, run, step);
    if ("until" in pass) return { next: goAround(position, pass, world.clock.now(), rules) };
    noteHop(run, phase, step, position);
    const { mostNano } = held;
    const promptTokens = run.length.known(step, wish);
    const perhapsTooLong = promptTokens > LONG_PROMPT_TOKENS || run.length.most(step, wish) === undefined;
    const plan = { step, shaped, position, delayMs, pass, promptTokens, perhapsTooLong, mostNano };
    const attempted = await makeAttempt(world, run, phase, plan);
    const { detour: _arrived, ...here } = position;
    return { attempted, next: afterAttempt(run, phase, step, here, attempted, rules) };
  } finally {
    held.release();
  }
}

function afterAttempt(
  run: ActiveRun,
  phase: Phase,
  step: ResolvedStep,
  position: Position,
  { judgement, answer, error }: Attempted,
  rules: DecisionRules,
): NextMove {
  if (judgement.kind === "aborted") throw giveUp(run, phase, "aborted", "abort", run.signal.reason);
  if (judgement.kind === "late") throw giveUp(run, phase, "deadline", "the run's deadline passed", error);
  if (judgement.kind === "broken")
    throw giveUp(run, phase, "validator", messageOf(judgement.error), judgement.error ?? error);
  if (judgement.kind === "rejected" && answer)
    phase.complaint = { model: step.facts.id, text: answer.text, reason: judgement.reason };
  return decide(position, judgement, rules);
}

function endOf(next: NextMove): [GiveUpReason, string] {
  return next.kind === "give-up" ? [next.reason, next.why] : ["failed", "no step is left"];
}

/** Waits, unless that would last beyond the run's deadline. */
async function wait(world: ExecutorWorld, run: ActiveRun, phase: Phase, delayMs: number): Promise<void> {
  if (elapsed(world.clock) + delayMs > run.endsAt)
    throw giveUp(run, phase, "deadline", `a wait of ${delayMs} ms is longer than the time that is left`);
  if (delayMs > 0) await world.clock.sleep(delayMs, run.signal);
  throwIfAborted(run, phase);
}

function throwIfAborted(run: ActiveRun, phase: Phase): void {
  if (run.signal.aborted) throw giveUp(run, phase, "aborted", "abort", run.signal.reason);
}

function enterBreaker(world: ExecutorWorld, run: ActiveRun, step: ResolvedStep): Pass | Closed {
  const free: Pass = { report: () => undefined };
  const enter = (): Pass | Closed => world.breaker.enter(keyOf(step), world.clock.now());
  return orNote(run, "the breaker could not be read", enter, free);
}

function raiseFloor(task: TaskState, { facts: { tier } }: ResolvedStep): void {
  if (tier && (!task.floor || tierRank(tier) > tierRank(task.floor))) task.floor = tier;
}

/** A change of the model counts when the other one is really asked. */
function noteHop(run: ActiveRun, phase: Phase, step: ResolvedStep, { cause, why }: Position): void {
  const [from, to] = [phase.at, keyOf(step)];
  phase.at = to;
  if (from !== undefined && from !== to)
    run.hops.push({ from, to, cause: cause === "escalation" ? "escalation" : "fallback", why });
}

function resultOf(
  world: ExecutorWorld,
  run: ActiveRun,
  { answer, step }: Accepted,
  validator: Validator | undefined,
): RunResult {
  return {
    runId: run.id,
    text: validator?.finish?.(answer.text) ?? answer.text,
    message: answer.message,
    stopReason: answer.stopReason,
    provider: step.provider,
    model: answer.model,
    attempts: run.attempts,
    fallbackUsed: run.hops.length > 0,
    fallbackChain: run.hops,
    escalations: run.hops.filter(({ cause }) => cause === "escalation").length,
    costUsd: toUsd(sumCost(run.attempts)),
    latencyMs: Math.max(0, elapsed(world.clock) - run.startedAt),
    notes: [...run.notes],
  };
}
