import type { ModelAtEffort, Recommendation } from "../domain/recommendation.ts";
import type { AdviceReport } from "../operations/recommend.ts";
import { renderCsv } from "./csv.ts";

/** Every recommendation as a row. */
export function renderRecommendCsv(recommendations: readonly Recommendation[]): string {
  return renderCsv(
    [
      "id",
      "kind",
      "confidence",
      "role",
      "agent",
      "category",
      "currentModel",
      "currentEffort",
      "proposedModel",
      "proposedEffort",
      "tasks",
      "sessions",
      "savingsLowUsdPerMonth",
      "savingsMidUsdPerMonth",
      "savingsHighUsdPerMonth",
      "successChangeLow",
      "successChangeHigh",
      "command",
    ],
    recommendations
      .map((one) => ({ ...one, savingsUsdPerMonth: roundUsd(one.savingsUsdPerMonth) }))
      .map((one) => [
        one.id,
        one.kind,
        one.confidence,
        one.subject.role,
        one.subject.agent,
        one.subject.category,
        one.current?.model,
        one.current?.effort,
        one.proposed?.model,
        one.proposed?.effort,
        one.evidence.tasks,
        one.evidence.sessions,
        one.savingsUsdPerMonth.low,
        one.savingsUsdPerMonth.mid,
        one.savingsUsdPerMonth.high,
        one.successChange?.low,
        one.successChange?.high,
        one.command,
      ]),
  );
}

/** The fields of the JSON answer (docs/json.md). */
export function recommendJson({
  recommendations,
  totalUsdPerMonth,
  left,
  dismissed,
  reasons,
  elsewhere,
}: AdviceReport): object {
  return {
    recommendations: recommendations.map(recommendationFields),
    totalUsdPerMonth: roundUsd(totalUsdPerMonth),
    left,
    dismissed,
    reasons,
    elsewhere,
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
