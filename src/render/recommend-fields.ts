import { type ChangeAdvice } from "../domain/change-decision.ts";
import type { ModelAtEffort, Recommendation } from "../domain/recommendation.ts";
import type { AdviceList } from "../operations/advice-list.ts";
import type { AdviceReport } from "../operations/recommend.ts";
import { confidenceOf } from "./advice-words.ts";
import { renderCsv } from "./csv.ts";

/** Every recommendation as a row, and every simulated change as one without models. */
export function renderRecommendCsv({
  recommendations,
  changes,
}: Pick<AdviceList, "recommendations" | "changes">): string {
  return renderCsv(
    Object.keys(CSV_COLUMNS),
    recommendations
      .map((one) => ({ ...one, savingsUsdPerMonth: roundUsd(one.savingsUsdPerMonth) }))
      .map((one) => Object.values(CSV_COLUMNS).map((cellOf) => cellOf(one)))
      .concat(changes.map(changeRow)),
  );
}

function changeRow(change: ChangeAdvice): (string | number | null)[] {
  const { id, kind, savingsUsdPerMonth } = change;
  const { low, mid, high } = roundUsd(savingsUsdPerMonth);
  const none = Array.from({ length: 9 }, () => null);
  return [
    id,
    kind,
    confidenceOf(change),
    ...none,
    low,
    mid,
    high,
    null,
    null,
    `rolecall recommend --apply ${id}`,
  ];
}

const CSV_COLUMNS: Readonly<Record<string, (one: Recommendation) => string | number | null | undefined>> = {
  id: ({ id }) => id,
  kind: ({ kind }) => kind,
  confidence: ({ confidence }) => confidence,
  role: ({ subject }) => subject.role,
  agent: ({ subject }) => subject.agent,
  category: ({ subject }) => subject.category,
  currentModel: ({ current }) => current?.model,
  currentEffort: ({ current }) => current?.effort,
  proposedModel: ({ proposed }) => proposed?.model,
  proposedEffort: ({ proposed }) => proposed?.effort,
  tasks: ({ evidence }) => evidence.tasks,
  sessions: ({ evidence }) => evidence.sessions,
  savingsLowUsdPerMonth: ({ savingsUsdPerMonth }) => savingsUsdPerMonth.low,
  savingsMidUsdPerMonth: ({ savingsUsdPerMonth }) => savingsUsdPerMonth.mid,
  savingsHighUsdPerMonth: ({ savingsUsdPerMonth }) => savingsUsdPerMonth.high,
  successChangeLow: ({ successChange }) => successChange?.low,
  successChangeHigh: ({ successChange }) => successChange?.high,
  command: ({ command }) => command,
};

/** The fields of the JSON answer (docs/json.md). */
export function recommendJson({
  recommendations,
  totalUsdPerMonth,
  left,
  dismissed,
  reasons,
  elsewhere,
  evidence,
}: AdviceReport): object {
  return {
    recommendations: recommendations.map(recommendationFields),
    totalUsdPerMonth: roundUsd(totalUsdPerMonth),
    left,
    dismissed,
    reasons,
    elsewhere,
    evidence: { tasks: evidence.tasks, since: new Date(evidence.since).toISOString() },
  };
}

/** One recommendation as JSON: the contract's shape, its dollars with no more digits than they deserve. */
export function recommendationFields(one: Recommendation): object {
  return {
    ...one,
    current: assignmentFields(one.current),
    proposed: assignmentFields(one.proposed),
    savingsUsdPerMonth: roundUsd(one.savingsUsdPerMonth),
  };
}

/** An effort of null is the model's default, or that of a model without one. */
function assignmentFields(one: ModelAtEffort | null): object | null {
  return one && { model: one.model, effort: one.effort ?? null };
}

function roundUsd<T extends Record<"low" | "mid" | "high", number>>(usd: T): T {
  return { ...usd, low: round(usd.low), mid: round(usd.mid), high: round(usd.high) };
}

function round(usd: number): number {
  return Math.round(usd * 1e4) / 1e4;
}
