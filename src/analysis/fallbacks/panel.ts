import type { NanoUsd } from "../../domain/money.ts";
import { escalationFields, type EscalationRate, type Rate } from "../../domain/rate.ts";
import { type TierVerdict, verdictOf } from "./tiers.ts";

/** The panel of the guide on falling back from Sonnet to Opus. */
export interface Panel extends EscalationRate<number | null> {
  /** Number of requests. */
  calls: number;
  /** Tasks that started on Sonnet, and runs of the executor and of cascades. */
  sonnetAttempts: number;
  /** Of these, the runs: the table of the tiers has only tasks. */
  sonnetRuns: number;
  /** Accepted ÷ attempts with a known outcome. Null where none has one. */
  sonnetSuccessRate: number | null;
  /** Tasks of these that went on to Opus. */
  opusFallbacks: number;
  /** The guide's own definition of success: the share that needed no fallback. */
  withoutFallbackRate: number | null;
  /** Actual cost in nano-dollars. */
  actualNano: NanoUsd;
  /** Cost of the same requests on Opus, in nano-dollars. */
  alwaysOpusNano: NanoUsd;
  /** The same without attempts below Opus that escalated, in nano-dollars. */
  withoutEscalatedNano: NanoUsd;
  /** The difference of the two. */
  savingsNano: NanoUsd;
  /** The difference as a share of the cost on Opus; null if that is 0. */
  savingsShare: number | null;
  /** Actual cost of a request; null without requests. */
  averagePerCallNano: NanoUsd | null;
  /** Cost of a request on Opus; null without requests. */
  averagePerCallOpusNano: NanoUsd | null;
  /** Advice in one sentence. */
  recommendation: string;
}

/**
 * The counts that the panel is made of. Calls are requests; attempts are what was started on Sonnet, known those of a known outcome,
 * fallbacks what went on to Opus.
 */
export interface PanelCounts {
  calls: number;
  sonnetAttempts: number;
  sonnetRuns: number;
  sonnetKnown: number;
  opusFallbacks: number;
  actualNano: NanoUsd;
  alwaysOpusNano: NanoUsd;
  withoutEscalatedNano: NanoUsd;
}

/** Returns the panel; `success` is the rate of the attempts on Sonnet. */
export function makePanel({ sonnetKnown, ...counts }: PanelCounts, success: Rate): Panel {
  const { calls, sonnetAttempts, opusFallbacks, actualNano, alwaysOpusNano } = counts;
  const escalated = sonnetAttempts === 0 ? null : opusFallbacks / sonnetAttempts;
  const savingsNano = alwaysOpusNano - actualNano;
  return {
    ...counts,
    sonnetSuccessRate: success.value,
    ...escalationFields(escalated),
    withoutFallbackRate: escalated === null ? null : 1 - escalated,
    savingsNano,
    savingsShare: alwaysOpusNano === 0 ? null : savingsNano / alwaysOpusNano,
    averagePerCallNano: calls === 0 ? null : actualNano / calls,
    averagePerCallOpusNano: calls === 0 ? null : alwaysOpusNano / calls,
    recommendation: recommend(escalated, success, sonnetKnown),
  };
}

const RECOMMENDATIONS: Readonly<Record<Exclude<TierVerdict, "too-few">, string>> = {
  excellent: "Excellent: Sonnet handles nearly everything. Keep the strategy.",
  good: "Good: watch which tasks escalate or do not succeed.",
  review: "Review the routing: some of these tasks want Opus from the start.",
};

function recommend(escalated: number | null, success: Rate, known: number): string {
  if (escalated === null) return "Nothing started on Sonnet in this period.";
  const verdict = verdictOf(escalated, success.value, known);
  if (verdict === "too-few") return "Too few known outcomes: 20 are needed.";
  if (verdict === "review" && verdictOf(escalated, 1, known) !== "review")
    return "Few tasks escalate, but too many do not succeed: see which, and whether they want Opus or a better prompt.";
  return RECOMMENDATIONS[verdict];
}
