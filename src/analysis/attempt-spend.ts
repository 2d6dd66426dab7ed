import { type Attempt, groupByRun } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";

/** What attempts of one source cost on one model, for a bill that transcripts are a part of. */
export interface AttemptSpend {
  source: Attempt["source"];
  /** The model that served, or the one that was asked. */
  model: string;
  attempts: number;
  usage: Usage;
  costNano: NanoUsd;
  /** Attempts without a known price: they are not in `costNano`. */
  unpriced: number;
  /** Of its attempts, in ms. */
  latency: AttemptLatency;
}

export interface AttemptLatency {
  medianMs: number;
  /** 95 of 100 are at most this long. */
  p95Ms: number;
}

/**
 * Adds attempts up by source and model, the most expensive first. Attempts whose session is in `transcripts` are left
 * out: their requests are counted there.
 */
export function groupAttemptSpend(
  attempts: readonly Attempt[],
  transcripts: ReadonlySet<string>,
): AttemptSpend[] {
  const own = attempts.filter(({ session }) => session === undefined || !transcripts.has(session));
  const groups = Map.groupBy(own, ({ source, servedModel, model }) => `${source} ${servedModel ?? model}`);
  return [...groups.values()].map(addUp).toSorted((a, b) => b.costNano - a.costNano);
}

function addUp(attempts: readonly Attempt[]): AttemptSpend {
  const { source, servedModel, model } = attempts[0] as Attempt;
  const usage = { ...NO_USAGE };
  for (const attempt of attempts)
    for (const key of Object.keys(usage) as (keyof Usage)[]) usage[key] += attempt.usage[key];
  return {
    source,
    model: servedModel ?? model,
    attempts: attempts.length,
    usage,
    costNano: attempts.reduce((sum, { costNano = 0 }) => sum + costNano, 0),
    unpriced: attempts.filter(({ costNano }) => costNano === undefined).length,
    latency: summarize(attempts.map(({ latencyMs }) => latencyMs)),
  };
}

/**
 * How long runs took that another model had to answer, from the first attempt to the end of the last. Undefined if there
 * was none.
 */
export function fallbackLatency(attempts: readonly Attempt[]): AttemptLatency | undefined {
  const moved = groupByRun(attempts).filter((run) =>
    run.some(({ cause }) => cause === "fallback" || cause === "escalation"),
  );
  if (moved.length === 0) return undefined;
  return summarize(
    moved.map((run) => Math.max(...run.map(({ at, latencyMs }) => at + latencyMs)) - (run[0]?.at ?? 0)),
  );
}

function summarize(durations: readonly number[]): AttemptLatency {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { medianMs: at(0.5), p95Ms: at(0.95) };
}
