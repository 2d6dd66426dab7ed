import type { NanoUsd } from "../domain/money.ts";
import { attemptTimeoutMs } from "./backoff.ts";
import type { Health, Pass } from "./breaker.ts";
import { classify, FAILURE_RULES, isRefusal } from "./classify.ts";
import { deadlineSignal, elapsed, unlessAborted } from "./clock.ts";
import type { FailureDetails, AttemptJudgement, Position } from "./decide.ts";
import { orNote, priceOn, recordAttempt, type Served } from "./record.ts";
import {
  type Answer,
  type AnswerStart,
  type Sender,
  SendError,
  type SendRequest,
  type StopReason,
} from "./sender.ts";
import type { Shaped } from "./shape.ts";
import type { ResolvedStep } from "./steps.ts";
import { completeUsage, guessOutput } from "./usage.ts";
import type { CheckResult, Validator } from "./validate.ts";
import { type ActiveRun, type ExecutorWorld, type Phase, sharesBudget } from "./world.ts";

/** An attempt that has been made, checked and recorded. */
export interface Attempted {
  /** `late`: the run's deadline passed. `broken`: a validator threw. */
  judgement: AttemptJudgement | { kind: "aborted" } | { kind: "late" } | { kind: "broken"; error: unknown };
  answer?: Answer;
  error?: unknown;
}

/** Everything that an attempt needs. */
export interface SendPlan {
  step: ResolvedStep;
  shaped: Shaped;
  position: Position;
  delayMs: number;
  pass: Pass;
  /** Tokens of the prompt, counted or guessed. */
  promptTokens: number;
  /** The prompt may be longer than the model accepts, whatever the catalogue says. */
  perhapsTooLong: boolean;
  /** The most that it can cost, if budgets asked for that. */
  mostNano: NanoUsd | undefined;
}

/** Sends once, checks what comes back and records it, whatever it is. */
export async function makeAttempt(
  world: ExecutorWorld,
  run: ActiveRun,
  phase: Phase,
  plan: SendPlan,
): Promise<Attempted> {
  const { step, shaped, position, delayMs, pass } = plan;
  for (const adjustment of shaped.adjustments) run.notes.add(adjustment);
  const at = world.clock.now();
  const from = elapsed(world.clock);
  announce(run, plan);
  const sent = await sendWithin(world, run, step, shaped.request);
  const latencyMs = Math.max(0, elapsed(world.clock) - from);
  const report = (): void => pass.report(healthOf(sent), world.clock.now());
  orNote(run, "the breaker could not be updated", report, undefined);
  const served = servedOf(sent, plan);
  if (sent.answer) {
    world.signatures.remember(sent.answer.message, step.facts.id);
    sent.answer = { ...sent.answer, text: shaped.prefill + sent.answer.text };
  } else if (plan.mostNano !== undefined) addUnseen(world, run, plan, sent, served);
  const attempted = await judge(world, run, phase, sent, plan.perhapsTooLong);
  const { effort } = shaped.request;
  recordAttempt(
    world,
    run,
    { phase, step, position, attempted },
    { at, delayMs, latencyMs, served, ...(effort && { effort }) },
  );
  return attempted;
}

function announce(run: ActiveRun, { step, shaped, position, delayMs }: SendPlan): void {
  run.emit({
    type: "attempt",
    index: run.attempts.length,
    provider: step.provider,
    model: step.facts.id,
    cause: position.cause,
    delayMs,
  });
  if (run.streamed && shaped.prefill) run.emit({ type: "text", text: shaped.prefill });
}

interface Sent {
  answer?: Answer;
  /** The known part of an answer that did not come whole. */
  start?: AnswerStart;
  writtenBytes: number;
  error?: unknown;
  /** Ended by the caller, by the run's deadline, or by the attempt's own limit. */
  ended?: "aborted" | "late" | "timeout";
}

/** Sends under the deadlines of attempt and run; an abort ends it at once, whatever the sender does. */
async function sendWithin(
  world: ExecutorWorld,
  run: ActiveRun,
  { provider }: ResolvedStep,
  request: SendRequest,
): Promise<Sent> {
  const sender = world.senders.get(provider) as Sender;
  const leftMs = run.endsAt - elapsed(world.clock);
  const limitMs = attemptTimeoutMs(world.retry, request.maxTokens);
  const limit = deadlineSignal(world.clock, run.signal, Math.min(leftMs, limitMs));
  const { signal } = limit;
  const sent: Sent = { writtenBytes: 0 };
  try {
    const sending = sender.send(request, {
      signal,
      ...(run.streamed && {
        onText: (text: string) => signal.aborted || run.emit({ type: "text", text }),
      }),
      onStart: (start) => (sent.start = start),
      onWritten: (bytes) => (sent.writtenBytes += bytes),
    });
    sent.answer = wholeAnswer(await unlessAborted(sending, signal), request);
  } catch (error) {
    sent.error = error;
    if (run.signal.aborted) sent.ended = "aborted";
    else if (limit.timedOut()) sent.ended = leftMs <= limitMs ? "late" : "timeout";
  } finally {
    limit.release();
  }
  return sent;
}

const STOP_REASONS: ReadonlySet<unknown> = new Set<StopReason>([
  "end",
  "tool_use",
  "pause",
  "max_tokens",
  "refusal",
  "overflow",
]);

/** Returns an answer with what a sender of the caller's own may have left out. Throws SendError if it has no text. */
function wholeAnswer(answer: Answer, { model }: SendRequest): Answer {
  const { text, usage, stopReason } = Object(answer) as Partial<Answer>;
  if (typeof text !== "string")
    throw new SendError("the sender returned an answer without text", { kind: "unreadable" });
  return {
    ...answer,
    id: answer.id || "",
    model: answer.model || model,
    usage: usage ?? {},
    stopReason: STOP_REASONS.has(stopReason) ? answer.stopReason : "end",
  };
}

/** Completes the usage of an answer, or of the part of it that came. */
function servedOf(
  { answer, start = answer, writtenBytes }: Sent,
  { promptTokens: prompt, shaped }: SendPlan,
): Served | undefined {
  const { usage: reported, ...served } = answer ?? start ?? {};
  if (!reported) return undefined;
  const { id, model, requestId, fast, usOnly } = served as AnswerStart;
  const written = answer ? (answer.writtenBytes ?? Buffer.byteLength(answer.text)) : writtenBytes;
  return {
    ...completeUsage(reported, { prompt, writtenBytes: written, maxTokens: shaped.request.maxTokens }),
    id,
    model,
    ...(requestId && { requestId }),
    ...(fast && { fast }),
    ...(usOnly && { usOnly }),
  };
}

/**
 * Lets budgets count what an answer that did not come whole may have cost beyond what its backend reported: by what had
 * come of it, or, if it was stopped here before anything came, the most that it could cost.
 */
function addUnseen(
  world: ExecutorWorld,
  run: ActiveRun,
  { step, shaped, mostNano = 0 }: SendPlan,
  { writtenBytes, ended }: Sent,
  served: Served | undefined,
): void {
  let nano = 0;
  if (served) {
    const output = Math.max(served.usage.output, guessOutput(writtenBytes, shaped.request.maxTokens));
    const terms = { at: world.clock.now() };
    const priced = (usage: Served["usage"]): NanoUsd =>
      priceOn(world.catalogue, step, usage, terms, served.model) ?? 0;
    nano = priced({ ...served.usage, output }) - priced(served.usage);
  } else if (ended) nano = mostNano;
  run.unseenNano += nano;
  if (!sharesBudget(world)) world.offRecord.add(world.clock.now(), nano);
}

function healthOf(sent: Sent): Health {
  if (sent.answer) return "up";
  if (sent.ended === "aborted" || sent.ended === "late") return "unsaid";
  return FAILURE_RULES[failureOf(sent)].breaker ? "down" : "up";
}

function failureOf({ error, ended }: Sent): ReturnType<typeof classify> {
  if (ended === "timeout") return "timeout";
  return error instanceof SendError ? classify(error.fault) : "unknown";
}

async function judge(
  world: ExecutorWorld,
  run: ActiveRun,
  phase: Phase,
  sent: Sent,
  perhapsTooLong: boolean,
): Promise<Attempted> {
  const { answer, error } = sent;
  if (!answer) {
    if (sent.ended === "aborted" || sent.ended === "late") return { judgement: { kind: sent.ended }, error };
    if (error instanceof SendError && isRefusal(error.fault))
      return { judgement: { kind: "refused" }, error };
    const { retryAfterMs, shouldRetry } = error instanceof SendError ? error.fault : {};
    const details: FailureDetails = {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(shouldRetry !== undefined && { shouldRetry }),
      ...(perhapsTooLong && { perhapsTooLong }),
    };
    return { judgement: { kind: "failed", failure: failureOf(sent), ...details }, error };
  }
  const { stopReason, text } = answer;
  if (stopReason === "refusal") return { judgement: { kind: "refused" }, answer };
  if (stopReason === "overflow") return { judgement: { kind: "overflow" }, answer };
  if (stopReason === "max_tokens") return { judgement: { kind: "truncated" }, answer };
  if (phase.role === "architect" && text.trim() === "")
    return { judgement: rejection(phase, text, "the architect wrote no text"), answer };
  // A tool call is the caller's turn: there is no answer to check yet.
  if (stopReason !== "end" || !phase.validator) return { judgement: { kind: "accepted" }, answer };
  return validate(world, run, phase, phase.validator, answer);
}

async function validate(
  world: ExecutorWorld,
  run: ActiveRun,
  phase: Phase,
  validator: Validator,
  answer: Answer,
): Promise<Attempted> {
  const limit = deadlineSignal(world.clock, run.signal, run.endsAt - elapsed(world.clock));
  const { signal } = limit;
  try {
    const result: CheckResult = await unlessAborted(validator.check(answer, signal), signal);
    if (!result.ok) return { judgement: rejection(phase, answer.text, result.reason, result.check), answer };
    if (result.note) run.notes.add(result.note);
    return { judgement: { kind: "accepted" }, answer };
  } catch (thrown) {
    if (run.signal.aborted) return { judgement: { kind: "aborted" }, answer, error: thrown };
    if (limit.timedOut()) return { judgement: { kind: "late" }, answer, error: thrown };
    return { judgement: { kind: "broken", error: thrown }, answer };
  } finally {
    limit.release();
  }
}

/** Turns an answer down, and remembers it: the same one again, but for white space, is a loop. */
function rejection(
  phase: Phase,
  text: string,
  reason: string,
  check?: (CheckResult & { ok: false })["check"],
): AttemptJudgement {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  const loop = phase.turnedDown.has(plain);
  phase.turnedDown.add(plain);
  return { kind: "rejected", reason, loop, ...(check && { check }) };
}
