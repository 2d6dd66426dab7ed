import { tierRank } from "../domain/model.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import { type Made, makeAttempt } from "./attempt.ts";
import type { Closed, Pass } from "./breaker.ts";
import { checkBudgets, dayStart } from "./budget.ts";
import type { Rung } from "./chain.ts";
import { NEVER } from "./clock.ts";
import {
  decide,
  goAround,
  type GiveUpReason,
  type LadderRules,
  type Next,
  type Position,
  startPosition,
} from "./ladder.ts";
import { orNote, priceOn } from "./record.ts";
import { noRedFlags } from "./red-flags.ts";
import { GaveUpError, type RunEvent, type RunRequest, type RunResult, sumCost } from "./run.ts";
import { instructed, reasonedFirst, usableRungs, wishFor, wishOf, writtenFrom } from "./phase.ts";
import type { Answer } from "./sender.ts";
import { estimateTokens, type Shaped, shapeRequest, type Wish } from "./shape.ts";
import { combine, type Validator } from "./validate.ts";
import type { ActiveRun, Phase, TaskState, World } from "./world.ts";

/** Carries one run to its answer. Throws GaveUpError with every attempt where there is none. */
export async function execute(
  world: World,
  request: RunRequest,
  { streamed, emit, task }: { streamed: boolean; emit: (event: RunEvent) => void; task: TaskState },
): Promise<RunResult> {
  world.retryBudget.deposit();
  const startedAt = world.clock.now();
  const run: ActiveRun = {
    id: world.newId(),
    request,
    startedAt,
    endsAt: startedAt + world.retry.totalTimeoutMs,
    signal: request.signal ?? NEVER,
    streamed,
    emit,
    attempts: [],
    hops: [],
    notes: new Set(),
  };
  return await answer(world, run, task);
}

interface Settled {
  answer: Answer;
  rung: Rung;
}

async function answer(world: World, run: ActiveRun, task: TaskState): Promise<RunResult> {
  const checks = [run.request.validate ?? []].flat();
  const validator = combine(world.policy.redFlags ? [noRedFlags(), ...checks] : checks);
  let wish = wishOf(run.request);
  let settled: Settled | undefined;
  for (const { role, rungs } of world.policy.phases) {
    const architect = role === "architect";
    if (settled) wish = writtenFrom(wish, settled.answer.text);
    const usable = await usableRungs(world, run, wish, rungs, task);
    const phase: Phase = {
      role,
      at: usable[0] && keyOf(usable[0]),
      wish: architect ? reasonedFirst(wish) : instructed(wish, validator),
      validator: architect ? undefined : validator,
      turnedDown: new Set(),
    };
    settled = await climb(world, run, phase, usable, task);
  }
  if (!settled) throw giveUp(run, undefined, "overflow", "the policy has no steps");
  return resultOf(world, run, settled, validator);
}

/** Up the rungs of one phase until an answer is accepted. */
async function climb(
  world: World,
  run: ActiveRun,
  phase: Phase,
  rungs: readonly Rung[],
  task: TaskState,
): Promise<Settled> {
  const rules: LadderRules = { ...world, ...world.policy, rungs };
  let position = startPosition(run.request.maxTokens ?? world.maxTokens);
  let delayMs = 0;
  let error: unknown;
  for (;;) {
    const rung = rungs[position.step];
    if (!rung) throw giveUp(run, phase, "overflow", "the prompt is longer than any context");
    await wait(world, run, phase, delayMs);
    const { next, made } = await tryRung(world, run, phase, { rung, position, delayMs }, rules);
    if (made && phase.role === "answer") raise(task, rung);
    if (next.kind === "accept" && made?.answer) return { answer: made.answer, rung };
    error = made?.error ?? error;
    if (next.kind !== "go") throw giveUp(run, phase, ...endOf(next), error);
    if (made && run.streamed) run.emit({ type: "withdrawn", why: next.position.why });
    ({ position, delayMs } = next);
  }
}

/** One attempt on a rung, if budgets and breaker let it be made, and what is to be done after it. */
async function tryRung(
  world: World,
  run: ActiveRun,
  phase: Phase,
  { rung, position, delayMs }: { rung: Rung; position: Position; delayMs: number },
  rules: LadderRules,
): Promise<{ next: Next; made?: Made }> {
  const wish = wishFor(phase, rung);
  const shaped = shapeRequest(wish, rung.facts, position.maxTokens);
  const reserved = reserve(world, run, phase, rung, mostUsage(wish, shaped));
  const pass = enterBreaker(world, run, rung);
  if ("until" in pass) return { next: goAround(position, pass, world.clock.now(), rules) };
  noteHop(run, phase, rung, position);
  world.inFlight.nano += reserved;
  try {
    const made = await makeAttempt(world, run, phase, rung, { shaped, position, delayMs, pass });
    const { detour: _arrived, ...here } = position;
    return { made, next: afterAttempt(run, phase, rung, here, made, rules) };
  } finally {
    world.inFlight.nano -= reserved;
  }
}

function afterAttempt(
  run: ActiveRun,
  phase: Phase,
  rung: Rung,
  position: Position,
  { judged, answer: given, error }: Made,
  rules: LadderRules,
): Next {
  if (judged.kind === "aborted") throw giveUp(run, phase, "aborted", "abort", run.signal.reason);
  if (judged.kind === "late") throw giveUp(run, phase, "deadline", "the run's deadline passed", error);
  if (judged.kind === "broken")
    throw giveUp(run, phase, "validator", messageOf(judged.error), judged.error ?? error);
  if (judged.kind === "rejected" && given)
    phase.complaint = { model: rung.facts.id, text: given.text, reason: judged.reason };
  return decide(position, judged, rules);
}

function endOf(next: Next): [GiveUpReason, string] {
  return next.kind === "give-up" ? [next.reason, next.why] : ["failed", "no way on"];
}

/** Waits, unless that would last beyond the run's deadline. */
async function wait(world: World, run: ActiveRun, phase: Phase, delayMs: number): Promise<void> {
  if (world.clock.now() + delayMs > run.endsAt)
    throw giveUp(run, phase, "deadline", `a wait of ${delayMs} ms is longer than is left`);
  if (delayMs > 0) await world.clock.sleep(delayMs, run.signal);
  if (run.signal.aborted) throw giveUp(run, phase, "aborted", "abort", run.signal.reason);
}

/** Holds the attempt against the budgets; returns the most it may cost. */
function reserve(world: World, run: ActiveRun, phase: Phase, rung: Rung, most: Usage): NanoUsd {
  const budgets = { ...world.budgets, ...(run.request.budget && { run: run.request.budget }) };
  if (!budgets.run && !budgets.day) return 0;
  const at = world.clock.now();
  const mostNano = priceOn(world.catalogue, rung, most, { at });
  const spent = {
    run: sumCost(run.attempts),
    day: budgets.day ? world.telemetry.spentSince(dayStart(at)) + world.inFlight.nano : 0,
  };
  const verdict = checkBudgets(budgets, spent, mostNano);
  if (verdict.kind === "over") throw giveUp(run, phase, "budget", verdict.why);
  for (const passed of verdict.passedSoft) {
    run.emit({ type: "budget", ...passed });
    run.notes.add(`the soft budget per ${passed.scope} of $${passed.softUsd} is passed`);
  }
  return mostNano ?? 0;
}

/** The whole prompt at the dearest rate it can be sent at, and an answer that fills its room. */
function mostUsage(wish: Wish, { request }: Shaped): Usage {
  const prompt = estimateTokens(wish);
  const cached = request.system.some(({ cache }) => cache);
  return {
    ...NO_USAGE,
    ...(cached ? { cacheWrite1h: prompt } : { input: prompt }),
    output: request.maxTokens,
  };
}

function enterBreaker(world: World, run: ActiveRun, rung: Rung): Pass | Closed {
  const free: Pass = { report: () => undefined };
  const enter = (): Pass | Closed => world.breaker.enter(keyOf(rung), world.clock.now());
  return orNote(run, "the breaker could not be asked", enter, free);
}

function raise(task: TaskState, { facts: { tier } }: Rung): void {
  if (tier && (!task.floor || tierRank(tier) > tierRank(task.floor))) task.floor = tier;
}

/** A change of the model counts where the other one is really asked. */
function noteHop(run: ActiveRun, phase: Phase, rung: Rung, { cause, why }: Position): void {
  const [from, to] = [phase.at, keyOf(rung)];
  phase.at = to;
  if (from !== undefined && from !== to)
    run.hops.push({ from, to, cause: cause === "escalation" ? "escalation" : "fallback", why });
}

function keyOf({ provider, facts }: Rung): string {
  return `${provider}/${facts.id}`;
}

function giveUp(
  run: ActiveRun,
  phase: Phase | undefined,
  reason: GiveUpReason,
  why: string,
  cause?: unknown,
): GaveUpError {
  const { id, attempts, hops, request } = run;
  const told = {
    runId: id,
    attempts,
    fallbackChain: hops,
    lastText: phase?.complaint?.text,
    taskType: request.taskType,
  };
  return new GaveUpError(reason, why, told, cause);
}

function resultOf(
  world: World,
  run: ActiveRun,
  settled: Settled,
  validator: Validator | undefined,
): RunResult {
  const { answer: given, rung } = settled;
  return {
    runId: run.id,
    text: validator?.finish?.(given.text) ?? given.text,
    message: given.message,
    stopReason: given.stopReason,
    provider: rung.provider,
    model: given.model,
    attempts: run.attempts,
    fallbackUsed: run.hops.length > 0,
    fallbackChain: run.hops,
    escalations: run.hops.filter(({ cause }) => cause === "escalation").length,
    costUsd: toUsd(sumCost(run.attempts)),
    latencyMs: world.clock.now() - run.startedAt,
    notes: [...run.notes],
  };
}
