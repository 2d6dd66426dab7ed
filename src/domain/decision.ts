import type { Recommendation } from "./recommendation.ts";

/** What the user did about a recommendation; the latest decision counts. */
const DECISION_STEPS = ["applied", "kept", "taken-back", "dismissed"] as const;
export type DecisionStep = (typeof DECISION_STEPS)[number];

export interface Decision {
  step: DecisionStep;
  /** ms since the epoch. */
  at: number;
  /** As it was when it was decided on: its forecast is what impact compares with. */
  recommendation: Recommendation;
}

/** The last decision on each recommendation. */
export function latestDecisions(decisions: readonly Decision[]): Decision[] {
  return [...new Map(decisions.map((decision) => [decision.recommendation.id, decision])).values()];
}

export function isFollowed({ step }: Decision): boolean {
  return step === "applied" || step === "kept";
}
