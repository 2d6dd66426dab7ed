import { ENOUGH_TASKS } from "./tiers.ts";
import type { NanoUsd } from "../../domain/money.ts";

/** The panel of the seeds' fallback guide, under its own numbers. */
export interface Panel {
  calls: number;
  sonnetAttempts: number;
  /** Null where no task started on Sonnet. */
  sonnetSuccessRate: number | null;
  opusFallbacks: number;
  fallbackRate: number | null;
  actualNano: NanoUsd;
  alwaysOpusNano: NanoUsd;
  savingsNano: NanoUsd;
  savingsShare: number | null;
  averagePerCallNano: NanoUsd | null;
  averagePerCallOpusNano: NanoUsd | null;
  recommendation: string;
}

/** What the panel is made of. Calls are requests; attempts are what was started on Sonnet, fallbacks what went on to Opus. */
export interface PanelCounts {
  calls: number;
  sonnetAttempts: number;
  opusFallbacks: number;
  actualNano: NanoUsd;
  alwaysOpusNano: NanoUsd;
}

/** The guide counts as a success what needed no fallback, so its two rates add up to one. */
export function makePanel(counts: PanelCounts): Panel {
  const { calls, sonnetAttempts, opusFallbacks, actualNano, alwaysOpusNano } = counts;
  const fallbackRate = sonnetAttempts === 0 ? null : opusFallbacks / sonnetAttempts;
  const savingsNano = alwaysOpusNano - actualNano;
  return {
    ...counts,
    sonnetSuccessRate: fallbackRate === null ? null : 1 - fallbackRate,
    fallbackRate,
    savingsNano,
    savingsShare: alwaysOpusNano === 0 ? null : savingsNano / alwaysOpusNano,
    averagePerCallNano: calls === 0 ? null : actualNano / calls,
    averagePerCallOpusNano: calls === 0 ? null : alwaysOpusNano / calls,
    recommendation: recommend(fallbackRate, sonnetAttempts),
  };
}

function recommend(fallbackRate: number | null, attempts: number): string {
  if (fallbackRate === null) return "Nothing started on Sonnet in this period.";
  if (attempts < ENOUGH_TASKS) return `Too few tasks to tell: ${ENOUGH_TASKS} are needed.`;
  if (fallbackRate < 0.05) return "Excellent: Sonnet handles nearly everything. Keep the strategy.";
  if (fallbackRate <= 0.15) return "Good: watch which tasks fall back.";
  return "Review the routing: some of these tasks want Opus from the start.";
}
