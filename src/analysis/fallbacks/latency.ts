import { type Attempt, groupByRun } from "../../domain/attempt.ts";

/** Durations of runs, in ms. */
export interface RunLatency {
  /** Number of runs. */
  runs: number;
  /** Half of the runs took no longer. */
  medianMs: number;
  /** 95 of 100 runs took no longer. */
  p95Ms: number;
}

/** Durations of runs of executor and cascade, from their first attempt to their answer. */
export interface LatencySummary {
  /** Answered by the model that they began on. */
  direct: RunLatency | undefined;
  /** Answered by another model: what a fallback costs in time. */
  fallback: RunLatency | undefined;
}

/** Summarizes the latency of answered runs. Items of batches are left out: nobody waits for them. */
export function summarizeLatency(attempts: readonly Attempt[]): LatencySummary {
  const [direct, fallback]: [number[], number[]] = [[], []];
  for (const run of groupByRun(attempts.filter(({ source }) => source !== "batch"))) {
    if (run.at(-1)?.result !== "accepted") continue;
    const tookMs = run.reduce((sum, { delayMs, latencyMs }) => sum + delayMs + latencyMs, 0);
    const answering = run.filter(({ result }) => result !== "handedOver");
    const moved = answering[0]?.model !== answering.at(-1)?.model;
    (moved ? fallback : direct).push(tookMs);
  }
  return { direct: latencyOf(direct), fallback: latencyOf(fallback) };
}

function latencyOf(times: readonly number[]): RunLatency | undefined {
  const sorted = times.toSorted((a, b) => a - b);
  const [middle, most] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.ceil(sorted.length * 0.95) - 1],
  ];
  return middle === undefined || most === undefined
    ? undefined
    : { runs: sorted.length, medianMs: middle, p95Ms: most };
}
