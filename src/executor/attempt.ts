import { attemptTimeoutMs } from "./backoff.ts";
import type { Pass } from "./breaker.ts";
import type { Rung } from "./chain.ts";
import { classify, FAILURE_RULES } from "./classify.ts";
import { deadlineSignal, unlessAborted } from "./clock.ts";
import type { Judged, Position } from "./ladder.ts";
import { orNote, recordAttempt } from "./record.ts";
import { type Answer, type Beginning, type Sender, SendError } from "./sender.ts";
import type { Shaped } from "./shape.ts";
import type { Verdict } from "./validate.ts";
import type { ActiveRun, Phase, World } from "./world.ts";

/** An attempt that has been made, looked at and recorded. */
export interface Made {
  judged: Judged | { kind: "aborted" } | { kind: "broken"; error: unknown };
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
  const made = await judge(run, phase, sent);
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
  /** The run's own signal ended it. */
  aborted?: boolean;
  timedOut?: boolean;
}

/** Sends under the deadline of one attempt; an abort of the run ends it at once, whatever the sender does. */
async function sendWithin(
  world: World,
  run: ActiveRun,
  sender: Sender,
  request: Parameters<Sender["send"]>[0],
): Promise<Sent> {
  const limit = deadlineSignal(world.clock, run.signal, attemptTimeoutMs(world.retry, request.maxTokens));
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
    if (run.signal.aborted) return { ...seen, error, aborted: true };
    return { ...seen, error, timedOut: limit.timedOut() };
  } finally {
    limit.release();
  }
}

function healthOf(sent: Sent): "up" | "down" | "unsaid" {
  if (sent.answer) return "up";
  if (sent.aborted) return "unsaid";
  return FAILURE_RULES[failureOf(sent)].breaker ? "down" : "up";
}

function failureOf({ error, timedOut }: Sent): ReturnType<typeof classify> {
  if (timedOut) return "timeout";
  return error instanceof SendError ? classify(error.fault) : "unknown";
}

async function judge(run: ActiveRun, phase: Phase, sent: Sent): Promise<Made> {
  const { answer, error } = sent;
  if (!answer) {
    if (sent.aborted) return { judged: { kind: "aborted" }, error };
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
  try {
    const verdict: Verdict = await unlessAborted(phase.validator.check(answer, run.signal), run.signal);
    if (verdict.ok) {
      if (verdict.note) run.notes.add(verdict.note);
      return { judged: { kind: "accepted" }, answer };
    }
    const circle = isKnown(phase, answer.text);
    return { judged: { kind: "rejected", reason: verdict.reason, circle }, answer };
  } catch (thrown) {
    if (run.signal.aborted) return { judged: { kind: "aborted" }, answer, error: thrown };
    return { judged: { kind: "broken", error: thrown }, answer };
  }
}

/** Whether this answer was turned down before, give or take white space; remembers it. */
function isKnown(phase: Phase, text: string): boolean {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  const known = phase.turnedDown.has(plain);
  phase.turnedDown.add(plain);
  return known;
}
