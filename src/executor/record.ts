import type { Attempt, AttemptResult } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";
import { messageOf } from "../errors.ts";
import type { Made } from "./attempt.ts";
import type { Catalogue, PriceTerms } from "./catalogue.ts";
import type { Rung } from "./chain.ts";
import type { Position } from "./ladder.ts";
import { type Beginning, SendError } from "./sender.ts";
import type { ActiveRun, Phase, World } from "./world.ts";

/** Writes an attempt down: into the run, the telemetry and the events. */
export function recordAttempt(
  world: World,
  run: ActiveRun,
  { phase, rung, position, made }: { phase: Phase; rung: Rung; position: Position; made: Made },
  { beginning, effort, ...times }: Particulars,
): void {
  const usage = beginning?.usage ?? NO_USAGE;
  const cost = beginning && priceAttempt(world.catalogue, rung, made, beginning, times.at);
  const fault = made.error instanceof SendError ? made.error.fault : undefined;
  const reason = reasonOf(made);
  const requestId = beginning?.requestId ?? fault?.requestId;
  const attempt: Attempt = {
    id: world.newId(),
    run: run.id,
    source: "executor",
    taskType: run.request.taskType,
    policy: world.policy.name,
    index: run.attempts.length,
    step: position.step,
    cause: position.cause,
    provider: rung.provider,
    model: rung.facts.id,
    ...(beginning && { servedModel: beginning.model, messageId: beginning.id }),
    ...(rung.facts.tier && { tier: rung.facts.tier }),
    ...(effort && { effort }),
    streamed: run.streamed,
    ...times,
    result: resultOf(made, phase),
    ...failureOf(made),
    ...(fault?.status !== undefined && { status: fault.status }),
    ...(reason && { reason }),
    ...(requestId && { requestId }),
    usage,
    ...(beginning ? cost !== undefined && { costNano: cost } : { costNano: 0 }),
  };
  run.attempts.push(attempt);
  orNote(run, "the attempt could not be kept", () => world.telemetry.record(attempt), undefined);
  run.emit({ type: "settled", attempt });
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

/** When an attempt was made, and what is known of its answer. */
interface Particulars {
  at: number;
  delayMs: number;
  latencyMs: number;
  beginning: Beginning | undefined;
  effort?: NonNullable<Attempt["effort"]>;
}

function resultOf({ judged, answer }: Made, phase: Phase): AttemptResult {
  if (judged.kind === "accepted") return phase.role === "architect" ? "handedOver" : "accepted";
  if (judged.kind === "late") return answer ? "rejected" : "failed";
  return judged.kind === "broken" ? "rejected" : judged.kind;
}

function failureOf({ judged, answer }: Made): Pick<Attempt, "failure"> {
  if (judged.kind === "failed") return { failure: judged.failure };
  return judged.kind === "late" && !answer ? { failure: "timeout" } : {};
}

const REASON_CHARS = 300;

function reasonOf({ judged, error }: Made): string | undefined {
  if (judged.kind === "rejected") return judged.reason.slice(0, REASON_CHARS);
  if (judged.kind === "broken") return messageOf(judged.error).slice(0, REASON_CHARS);
  return error === undefined ? undefined : messageOf(error).slice(0, REASON_CHARS);
}

/** A refusal before any output is not billed. */
function priceAttempt(
  catalogue: Catalogue,
  rung: Rung,
  { judged }: Made,
  { model, usage, fast, usOnly }: Beginning,
  at: number,
): NanoUsd | undefined {
  if (judged.kind === "refused" && usage.output === 0) return 0;
  return priceOn(catalogue, rung, usage, { at, ...(fast && { fast }), ...(usOnly && { usOnly }) }, model);
}

/** What usage costs on a rung: by the model that served, else by the one asked for. */
export function priceOn(
  catalogue: Catalogue,
  { step, facts }: Rung,
  usage: Usage,
  terms: PriceTerms,
  servedModel = facts.id,
): NanoUsd | undefined {
  if (!("contextTokens" in step))
    return catalogue.price(servedModel, usage, terms) ?? catalogue.price(facts.id, usage, terms);
  const { usdPerMillion: usd } = step;
  if (!usd) return undefined;
  const cached = usage.cacheRead * (usd.cacheRead ?? usd.input);
  return Math.round((usage.input * usd.input + cached + usage.output * usd.output) * 1000);
}
