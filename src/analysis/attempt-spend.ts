import type { Attempt } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";

/** Attempts of one source on one model. */
export interface AttemptSpend {
  /** Source of the attempts: the executor, cascades or batches. */
  source: Attempt["source"];
  /** The model that served, or the one that was asked. */
  model: string;
  /** Number of attempts. */
  attempts: number;
  /** Tokens and web searches. */
  usage: Usage;
  /** Cost in nano-dollars. */
  costNano: NanoUsd;
  /** Attempts without a known price: they are not in `costNano`. */
  unpriced: number;
  /** Of its attempts, in ms. */
  latency: AttemptLatency;
}

/** Durations of attempts, in ms. */
export interface AttemptLatency {
  /** Half of them are at most this long. */
  medianMs: number;
  /** 95 of 100 are at most this long. */
  p95Ms: number;
}

/** Adds attempts up by source and by the model that `modelOf` returns, the most expensive first. */
export function groupAttemptSpend(
  attempts: readonly Attempt[],
  modelOf: (attempt: Attempt) => string,
): AttemptSpend[] {
  const groups = Map.groupBy(attempts, (attempt) => `${attempt.source} ${modelOf(attempt)}`);
  return [...groups.values()]
    .map((group) => addUp(group, modelOf(group[0] as Attempt)))
    .toSorted((a, b) => b.costNano - a.costNano);
}

function addUp(attempts: readonly Attempt[], model: string): AttemptSpend {
  const { source } = attempts[0] as Attempt;
  const usage = { ...NO_USAGE };
  for (const attempt of attempts)
    for (const key of Object.keys(usage) as (keyof Usage)[]) usage[key] += attempt.usage[key];
  return {
    source,
    model,
    attempts: attempts.length,
    usage,
    costNano: attempts.reduce((sum, { costNano = 0 }) => sum + costNano, 0),
    unpriced: attempts.filter(({ costNano }) => costNano === undefined).length,
    latency: summarize(attempts.map(({ latencyMs }) => latencyMs)),
  };
}

function summarize(durations: readonly number[]): AttemptLatency {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { medianMs: at(0.5), p95Ms: at(0.95) };
}
