import type { TierReport } from "../analysis/fallbacks/tiers.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { readFallbacks } from "./fallbacks.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readAdvice } from "./recommend.ts";
import { TRANSCRIPTS } from "./attempt-sums.ts";
import { readSavings } from "./savings.ts";
import { type Filters } from "../history/filters.ts";
import { readSpend, type SpendReport } from "./spend.ts";

/** One screen of everything: what it cost, what that saved, how the tiers did, what to change. */
export interface Overview {
  byModel: SpendReport;
  /** By transcripts, executor, cascades and batches. */
  bySource: SpendReport;
  sessions: number;
  projects: number;
  alwaysOpusNano: NanoUsd;
  savingsNano: NanoUsd;
  savingsShare: number | null;
  costPerActiveDayNano: NanoUsd;
  tiers: readonly TierReport[];
  /** The three best pieces of advice. */
  advice: readonly Recommendation[];
}

const SHOWN = 3;

export function readOverview(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  now: number,
): Overview {
  const byModel = readSpend(history, ["model"], period, filters);
  const bySource = readSpend(history, ["source"], period, filters);
  const places = readSpend(history, ["session", "project", "source"], period, filters).rows.filter(
    ({ key }) => key.source === TRANSCRIPTS,
  );
  const { alwaysOpusNano, savingsNano, savingsShare, costPerActiveDayNano } = readSavings(
    history,
    period,
    filters,
  );
  return {
    byModel,
    bySource,
    sessions: new Set(places.map(({ key }) => key.session)).size,
    projects: new Set(places.map(({ key }) => key.project)).size,
    alwaysOpusNano,
    savingsNano,
    savingsShare,
    costPerActiveDayNano,
    tiers: readFallbacks(history, period, filters).tiers,
    advice: readAdvice(history, period, now, filters).recommendations.slice(0, SHOWN),
  };
}
