import { attemptTimeoutMs } from "./backoff.ts";
import type { Pass } from "./breaker.ts";
import type { Rung } from "./chain.ts";
import { classify, FAILURE_RULES } from "./classify.ts";
import { deadlineSignal, unlessAborted } from "./clock.ts";
import type { Judged, Position } from "./ladder.ts";
import { orNote, recordAttempt } from "./record.ts";
import { type Answer, type Beginning, type Sender, SendError } from "./sender.ts";
import type { Shaped } from "./shape.ts";
import type { Validator, Verdict } from "./validate.ts";
import type { ActiveRun, Phase, World } from "./world.ts";

/** An attempt that has been made, looked at and recorded. */
export interface Made {
  /** `late`: the run's deadline passed. `broken`: a validator threw. */
  judged: Judged | { kind: "aborted" } | { kind: "late" } | { kind: "broken"; error: unknown };
  answer?: Answer;
  error?: unknown;
}

/** Sends once, judges what comes back and records it, whatever it is. */
export async function makeAttempt(
  world: World,
  run: ActiveRun,
  phase: Phase,
  rung: Rung,
  { shaped, position, delayMs, pass }: { shaped: Shaped; position: Position; delayMs: number; pass: Pass },
): Promise<Made> {
  for (const adjustment of shaped.adjustments) run.notes.add(adjustment);
  const sender = world.senders.get(rung.provider) as Sender;
  const at = world.clock.now();
  const { provider, facts } = rung;
  run.emit({
    type: "attempt",
    index: run.attempts.length,
    provider,
    model: facts.id,
    cause: position.cause,
    delayMs,
  });
  if (run.streamed && shaped.prefill) run.emit({ type: "text", text: shaped.prefill });
  const sent = await sendWithin(world, run, sender, shaped.request);
  const latencyMs = world.clock.now() - at;
  orNote(
    run,
    "the breaker could not be told",
    () => pass.report(healthOf(sent), world.clock.now()),
    undefined,
  );
  if (sent.answer) sent.answer = { ...sent.answer, text: shaped.prefill + sent.answer.text };
  const made = await judge(world, run, phase, sent);
  recordAttempt(
    world,
    run,
    { phase, rung, position, made },
    {
      at,
      delayMs,
      latencyMs,
      beginning: sent.answer ?? sent.beginning,
      ...(shaped.request.effort && { effort: shaped.request.effort }),
    },
  );
  return made;
}

interface Sent {
  answer?: Answer;
  beginning?: Beginning;
  error?: unknown;
  /** What ended it: the caller, the run's deadline, or the attempt's own. */
  ended?: "aborted" | "late" | "timeout";
}

/** Sends under the deadlines of attempt and run; an abort ends it at once, whatever the sender does. */
async function sendWithin(
  world: World,
  run: ActiveRun,
  sender: Sender,
  request: Parameters<Sender["send"]>[0],
): Promise<Sent> {
  const leftMs = run.endsAt - world.clock.now();
  const limitMs = attemptTimeoutMs(world.retry, request.maxTokens);
  const limit = deadlineSignal(world.clock, run.signal, Math.min(leftMs, limitMs));
  const { signal } = limit;
  let beginning: Beginning | undefined;
  const sending = sender.send(request, {
    signal,
    ...(run.streamed && { onText: (text: string) => signal.aborted || run.emit({ type: "text", text }) }),
    onBeginning: (begun) => (beginning = begun),
  });
  try {
    return { answer: await unlessAborted(sending, signal) };
  } catch (error) {
    const seen = beginning && { beginning };
    if (run.signal.aborted) return { ...seen, error, ended: "aborted" };
    if (!limit.timedOut()) return { ...seen, error };
    return { ...seen, error, ended: leftMs <= limitMs ? "late" : "timeout" };
  } finally {
    limit.release();
  }
}

function healthOf(sent: Sent): "up" | "down" | "unsaid" {
  if (sent.answer) return "up";
  if (sent.ended === "aborted" || sent.ended === "late") return "unsaid";
  return FAILURE_RULES[failureOf(sent)].breaker ? "down" : "up";
}

function failureOf({ error, ended }: Sent): ReturnType<typeof classify> {
  if (ended === "timeout") return "timeout";
  return error instanceof SendError ? classify(error.fault) : "unknown";
}

async function judge(world: World, run: ActiveRun, phase: Phase, sent: Sent): Promise<Made> {
  const { answer, error } = sent;
  if (!answer) {
    if (sent.ended === "aborted" || sent.ended === "late") return { judged: { kind: sent.ended }, error };
    const retryAfterMs = error instanceof SendError ? error.fault.retryAfterMs : undefined;
    const failure = failureOf(sent);
    return {
      judged: { kind: "failed", failure, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      error,
    };
  }
  if (answer.stopReason === "refusal") return { judged: { kind: "refused" }, answer };
  if (answer.stopReason === "overflow") return { judged: { kind: "overflow" }, answer };
  if (answer.stopReason === "max_tokens") return { judged: { kind: "truncated" }, answer };
  // A tool call is the caller's turn: there is no answer to look at yet.
  if (answer.stopReason !== "end" || !phase.validator) return { judged: { kind: "accepted" }, answer };
  return validate(world, run, phase, phase.validator, answer);
}

async function validate(
  world: World,
  run: ActiveRun,
  phase: Phase,
  validator: Validator,
  answer: Answer,
): Promise<Made> {
  const limit = deadlineSignal(world.clock, run.signal, run.endsAt - world.clock.now());
  const { signal } = limit;
  try {
    const verdict: Verdict = await unlessAborted(validator.check(answer, signal), signal);
    if (verdict.ok) {
      if (verdict.note) run.notes.add(verdict.note);
      return { judged: { kind: "accepted" }, answer };
    }
    const circle = isKnown(phase, answer.text);
    return { judged: { kind: "rejected", reason: verdict.reason, circle }, answer };
  } catch (thrown) {
    if (run.signal.aborted) return { judged: { kind: "aborted" }, answer, error: thrown };
    if (limit.timedOut()) return { judged: { kind: "late" }, answer, error: thrown };
    return { judged: { kind: "broken", error: thrown }, answer };
  } finally {
    limit.release();
  }
}

/** Whether this answer was turned down before, give or take white space; remembers it. */
function isKnown(phase: Phase, text: string): boolean {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  const known = phase.turnedDown.has(plain);
  phase.turnedDown.add(plain);
  return known;
}
