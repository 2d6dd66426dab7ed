import type { Attempt, AttemptResult } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import type { Attempted } from "./attempt.ts";
import type { Catalogue, PricingTerms } from "./catalogue.ts";
import type { Position } from "./decide.ts";
import { GaveUpError } from "./run.ts";
import type { GiveUpReason } from "./decide.ts";
import { SendError } from "./sender.ts";
import type { ResolvedStep } from "./steps.ts";
import type { ActiveRun, Phase, ExecutorWorld } from "./world.ts";

/** The times of an attempt, and the known part of its answer. */
export interface AttemptFacts {
  at: number;
  delayMs: number;
  latencyMs: number;
  /** Undefined if the backend said nothing. */
  served: Served | undefined;
  effort?: NonNullable<Attempt["effort"]>;
}

/** The report of a backend on its answer, with complete usage. */
export interface Served {
  id: string;
  model: string;
  usage: Usage;
  estimated: boolean;
  requestId?: string;
  fast?: boolean;
  usOnly?: boolean;
}

interface AttemptContext {
  phase: Phase;
  step: ResolvedStep;
  position: Position;
  attempted: Attempted;
}

/** Records an attempt: in the run, the telemetry and the events. */
export function recordAttempt(
  world: ExecutorWorld,
  run: ActiveRun,
  place: AttemptContext,
  facts: AttemptFacts,
): void {
  const attempt = toAttempt(world, run, place, facts);
  run.attempts.push(attempt);
  const keep = (): boolean => (world.telemetry.record(attempt), true);
  if (!orNote(run, "the attempt could not be recorded", keep, false))
    world.offRecord.add(attempt.at, attempt.costNano ?? 0);
  run.emit({ type: "settled", attempt });
}

function toAttempt(
  world: ExecutorWorld,
  run: ActiveRun,
  { phase, step, position, attempted }: AttemptContext,
  { served, effort, ...times }: AttemptFacts,
): Attempt {
  const cost = served ? priceAttempt(world.catalogue, step, attempted, served, times.at) : 0;
  const fault = attempted.error instanceof SendError ? attempted.error.fault : undefined;
  const requestId = served?.requestId ?? fault?.requestId;
  return {
    id: world.newId(),
    run: run.id,
    source: "executor",
    taskType: run.request.taskType,
    policy: world.policy.name,
    index: run.attempts.length,
    step: position.step,
    cause: position.cause,
    provider: step.provider,
    model: step.facts.id,
    ...(served && { servedModel: served.model, messageId: served.id }),
    ...(step.facts.tier && { tier: step.facts.tier }),
    ...(effort && { effort }),
    streamed: run.streamed,
    ...times,
    result: resultOf(attempted, phase),
    ...failureOf(attempted),
    ...(fault?.status !== undefined && { status: fault.status }),
    ...reasonOf(attempted),
    ...(requestId && { requestId }),
    usage: served?.usage ?? NO_USAGE,
    ...(served?.estimated && { estimated: true }),
    ...(cost !== undefined && { costNano: cost }),
  };
}

/** A store that does not work must not cost an answer that is paid for: the run's notes say it. */
export function orNote<T>(run: ActiveRun, what: string, work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (thrown) {
    run.notes.add(`${what}: ${messageOf(thrown)}`);
    return otherwise;
  }
}

function resultOf({ judgement, answer }: Attempted, phase: Phase): AttemptResult {
  if (judgement.kind === "accepted") return phase.role === "architect" ? "handedOver" : "accepted";
  if (judgement.kind === "late") return answer ? "rejected" : "failed";
  if (judgement.kind === "failed" && judgement.failure === "context-exceeded") return "overflow";
  return judgement.kind === "broken" ? "rejected" : judgement.kind;
}

function failureOf({ judgement, answer }: Attempted): Pick<Attempt, "failure"> {
  if (judgement.kind === "failed") return { failure: judgement.failure };
  return judgement.kind === "late" && !answer ? { failure: "timeout" } : {};
}

const REASON_CHARS = 300;

function reasonOf({ judgement, error }: Attempted): Pick<Attempt, "reason" | "check"> {
  if (judgement.kind === "rejected") {
    const { reason, check } = judgement;
    return { reason: reason.slice(0, REASON_CHARS), ...(check && { check }) };
  }
  const thrown = judgement.kind === "broken" ? judgement.error : error;
  return thrown === undefined ? {} : { reason: messageOf(thrown).slice(0, REASON_CHARS) };
}

/** A refusal before any output is not billed. */
function priceAttempt(
  catalogue: Catalogue,
  step: ResolvedStep,
  { judgement }: Attempted,
  { model, usage, fast, usOnly }: Served,
  at: number,
): NanoUsd | undefined {
  if (judgement.kind === "refused" && usage.output === 0) return 0;
  return priceOn(catalogue, step, usage, { at, ...(fast && { fast }), ...(usOnly && { usOnly }) }, model);
}

/** Returns what usage costs on a step: by the model that served, otherwise by the one asked for. */
export function priceOn(
  catalogue: Catalogue,
  { step, facts }: ResolvedStep,
  usage: Usage,
  terms: PricingTerms,
  servedModel = facts.id,
): NanoUsd | undefined {
  if (!("contextTokens" in step)) {
    const nano = catalogue.price(servedModel, usage, terms) ?? catalogue.price(facts.id, usage, terms);
    return Number.isFinite(nano) ? nano : undefined;
  }
  const { usdPerMillion: usd } = step;
  if (!usd) return undefined;
  const cached = usage.cacheRead * (usd.cacheRead ?? usd.input);
  return Math.round((usage.input * usd.input + cached + usage.output * usd.output) * 1000);
}

/** Makes the error of a run that ends without an answer. */
export function giveUp(
  run: ActiveRun,
  phase: Phase | undefined,
  reason: GiveUpReason,
  why: string,
  cause?: unknown,
): GaveUpError {
  const { id, attempts, hops, request } = run;
  const facts = {
    runId: id,
    attempts,
    fallbackChain: hops,
    lastText: phase?.complaint?.text,
    taskType: request.taskType,
  };
  return new GaveUpError(reason, why, facts, cause);
}
